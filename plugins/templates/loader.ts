/**
 * Finds templates by name, and compiles them.
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
  /** If true, compiled templates are kept. */
  readonly cache: boolean
}

/** The loader interface of nunjucks. */
export interface TemplateLoader {
  getSource (name: string): object | null
}

/** @throws The error of nunjucks, with file and line in its message. */
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

/** @returns `undefined` if the file is missing, hidden or outside the root. */
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
  // As Jinja2 reads a file: one kind of line break, none at the end.
  const text = readFileSync(path, 'utf8').replaceAll(/\r\n?/g, '\n').replace(/\n$/, '')
  // Includes slices, `x[1:]`, only for this environment.
  const uninstall = nunjucks.installJinjaCompat()
  let source: string
  try {
    source = nunjucks.compiler.compile(text, [], [], path)
  } catch (error) {
    uninstall()
    throw nunjucks.lib._prettifyError(path, false, error)
  }
  uninstall()
  // eslint-disable-next-line no-new-func -- as nunjucks does itself, with the code of a template
  return new Function(source)()
}
