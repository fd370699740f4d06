/**
 * Finds templates by their names, and compiles them.
 *
 * @module
 */

import { readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { jinjaRuntime } from './jinja-runtime.ts'
import type { Nunjucks } from './nunjucks.ts'
import { type CompiledTemplate, runsOn } from './runs-on.ts'

interface LoaderOptions {
  readonly root: string
  /** Keep what is compiled. */
  readonly cache: boolean
}

/** What nunjucks asks of a loader. */
export interface TemplateLoader {
  getSource (name: string): object | null
}

/** @throws the error of nunjucks, with the file and the line in its message */
export function templateLoader (nunjucks: Nunjucks, { root, cache }: LoaderOptions): TemplateLoader {
  const withRuntime = runsOn(jinjaRuntime(nunjucks))
  const inside = realpathSync(root) + sep

  return {
    getSource (name) {
      const path = pathOf(inside, name)
      if (path === undefined) return null
      return { src: { type: 'code', obj: withRuntime(compile(nunjucks, path)) }, path, noCache: !cache }
    }
  }
}

/** @returns `undefined` for what is not there, and for what is not inside the root or hidden in it */
function pathOf (inside: string, name: string): string | undefined {
  if (/[\\\0]/.test(name) || name.split('/').some(part => part.startsWith('.'))) return undefined
  try {
    const path = realpathSync(join(inside, name))
    return path.startsWith(inside) ? path : undefined
  } catch {
    return undefined
  }
}

function compile (nunjucks: Nunjucks, path: string): CompiledTemplate {
  // As Jinja2 reads a file: one kind of line ends, and none at the end of the file.
  const text = readFileSync(path, 'utf8').replaceAll(/\r\n?/g, '\n').replace(/\n$/, '')
  // Slices, `x[1:]`, are part of it; nobody else who uses nunjucks here gets them.
  const uninstall = nunjucks.installJinjaCompat()
  let source: string
  try {
    source = nunjucks.compiler.compile(text, [], [], path)
  } catch (error) {
    uninstall()
    throw nunjucks.lib._prettifyError(path, false, error)
  }
  uninstall()
  // eslint-disable-next-line no-new-func -- what nunjucks does itself, with the text of a template
  return new Function(source)()
}
