/**
 * The tags of the document: one for each section.
 *
 * @module
 */

import type { TransformDocument } from '../plugins/docs/index.ts'
import { SECTIONS, sectionOf } from './sections.ts'

/** The tags of the section `blueprint`, which declares its own. */
const BLUEPRINT = [
  { name: 'items', description: 'Bigger applications, the folder `items`.' },
  { name: 'custom', description: 'Bigger applications, a tag of one route.' },
  { name: 'users', description: 'Bigger applications, the folder `user`.' },
  { name: 'admin', description: 'Bigger applications, the folder `admin`.' }
]

const TAGS = [
  { name: 'root', description: 'The list of sections.' },
  ...SECTIONS.flatMap(({ name, description, chapter }) => [
    { name, description: `${description} [FastAPI’s chapter](${chapter})` },
    ...name === 'blueprint' ? BLUEPRINT : []
  ])
]

/**
 * Returns a `transform` for `docs`: an operation without tags gets the name of its section, and the document describes the
 * tags that are used.
 *
 * @param prefix of all routes
 */
export function tagBySection (prefix: string): TransformDocument {
  return document => {
    const used = new Set<unknown>()
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const operation of Object.values(operations)) {
        operation.tags ??= [sectionOf(path, prefix)?.name].filter(name => name !== undefined)
        for (const tag of [operation.tags].flat()) used.add(tag)
      }
    }
    document.tags = [...[document.tags ?? []].flat(), ...TAGS.filter(({ name }) => used.has(name))]
  }
}
