/**
 * Labels of PostgreSQL's enums that the code has under other names.
 *
 * @module
 */

import { literal, quotedPath } from '../../tables/names.ts'
import type { TableShape } from '../../tables/shape.ts'
import type { Ask } from '../ask.ts'
import type { Catalog } from '../catalog.ts'

export interface LabelRename {
  /** Of the type, without quotes. */
  readonly type: string
  readonly from: string
  readonly to: string
}

/** The name of a type, as `table()` has it. */
export function plainName (type: string): string {
  return type.replaceAll('"', '')
}

/** One label that stands in the place of another, among labels that are all the same. */
export function replacedLabel (was: readonly string[], labels: readonly string[]): { readonly from: string, readonly to: string } | undefined {
  const other = was.flatMap((from, at) => from === labels[at] ? [] : [{ from, to: String(labels[at]) }])
  const [one] = other
  return was.length === labels.length && other.length === 1 && one !== undefined && !was.includes(one.to) ? one : undefined
}

/**
 * Renames what seems to have another name, so that PostgreSQL itself says what becomes of defaults and conditions: within a
 * savepoint that is rolled back. Who may not is told of labels that go and come.
 */
export async function renameLabels (ask: Ask, shapes: readonly TableShape[], { enums }: Catalog): Promise<LabelRename[]> {
  const actual = new Map([...enums].map(([name, labels]) => [plainName(name), labels]))
  const found = [...new Map(shapes.flatMap(shape => [...shape.enums]))].flatMap(([type, labels]) => {
    const one = replacedLabel(actual.get(type) ?? [], labels)
    return one === undefined ? [] : [{ type, ...one }]
  })
  const done: LabelRename[] = []
  for (const one of found) {
    await ask('savepoint apikit_label')
    try {
      await ask(`alter type ${quotedPath(one.type)} rename value ${literal(one.from)} to ${literal(one.to)}`)
      done.push(one)
    } catch {
      await ask('rollback to savepoint apikit_label')
    }
  }
  return done
}
