/**
 * Writes what the READMEs say of options and errors, and the index of the parity apps, from the code:
 * `node scripts/readme-tables.ts [--check] [ROOT]`. With `--check` nothing is written, and the
 * exit code is 1 when a README differs.
 *
 * @module
 */

import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { parityIndex } from './parity-index.ts'

/** As much of JSON Schema as options use. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
}

/** A README whose generated parts are not what the code says. */
export interface Outdated {
  readonly file: string
  readonly text: string
}

/** Compares the READMEs of `root` and of its plugins with the code. */
export async function outdated (root: string): Promise<Outdated[]> {
  const found: Outdated[] = []
  for (const name of pluginsOf(root)) {
    const file = join(root, 'plugins', name, 'README.md')
    const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
    const schemas = optionsOf(await import(pathToFileURL(join(root, 'plugins', name, 'index.ts')).href))
    const isNamed = ([name]: readonly [string, Schema]): boolean => before.includes(`<!-- ${name} -->`)
    let text = fill(before, 'options', optionsTable(schemas.find(schema => !isNamed(schema))?.[1]))
    for (const [name, schema] of schemas.filter(isNamed)) text = fill(text, name, optionsTable(schema))
    if (name === 'errors') text = fill(text, 'errors', await errorsTable(root))
    text = withVersions(text, root)
    if (text !== before) found.push({ file, text })
  }
  const readme = join(root, 'README.md')
  const texts = [readme].filter(file => existsSync(file)).map(file => ({ file, before: readFileSync(file, 'utf8') }))
  found.push(...texts.map(({ file, before }) => ({ file, before, text: withVersions(before, root) })).filter(({ before, text }) => text !== before))
  const index = parityIndex(root)
  if (index !== undefined && !(existsSync(index.file) && readFileSync(index.file, 'utf8') === index.text)) found.push(index)
  return found
}

/** Says which FastAPI is meant, where a README has a place for it. */
function withVersions (text: string, root: string): string {
  const file = join(root, 'test', 'parity', 'recorded', 'versions.json')
  if (!text.includes('<!-- versions -->') || !existsSync(file)) return text
  const { fastapi, starlette, pydantic }: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  return fill(text, 'versions', `FastAPI is FastAPI ${fastapi} here, with Starlette ${starlette} and pydantic ${pydantic}: its answers are recorded in the repository, and tests compare with them.`)
}

/** Published from `plugins/`, but not plugins. */
const LIBRARIES = new Set(['client', 'types'])

/** The folders of the plugins, each of which has an `index.ts`. */
export function pluginsOf (root: string): string[] {
  return readdirSync(join(root, 'plugins')).filter(name => !LIBRARIES.has(name) && existsSync(join(root, 'plugins', name, 'index.ts'))).sort()
}

/** Puts `table` between `<!-- name -->` and `<!-- /name -->`; a text without them gets both at its end. */
function fill (text: string, name: string, table: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [start, end] = [text.indexOf(open), text.indexOf(close)]
  if (start < 0 || end < start) return `${text}\n${open}\n${table}\n${close}\n`
  return `${text.slice(0, start)}${open}\n${table}\n${text.slice(end)}`
}

/**
 * Returns the exports of a plugin that are schemas of options: their names end with `Options`. One whose name is in a comment
 * of the README, `<!-- PasswordOptions -->`, has its table there; the plugin's own is the first of the others.
 */
function optionsOf (module: Readonly<Record<string, unknown>>): Array<readonly [string, Schema]> {
  return Object.entries(module).flatMap(([name, value]) => name.endsWith('Options') && Object(value).properties !== undefined ? [[name, value as Schema]] : [])
}

function optionsTable (schema: Schema | undefined): string {
  const rows = Object.entries(schema?.properties ?? {}).map(([name, option]) =>
    [`\`${name}\``, cell(typeOf(option)), defaultOf(option, schema?.required?.includes(name) === true), option.description ?? ''])
  return rows.length === 0 ? 'None.' : table(['Option', 'Type', 'Default', 'Description'], rows)
}

function typeOf (schema: Schema): string {
  const { type, anyOf, enum: members, const: constant, items } = schema
  if (constant !== undefined) return JSON.stringify(constant).replaceAll('"', "'")
  if (members !== undefined) return members.map(member => typeOf({ const: member })).join(' | ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ')
  if (type === 'array') return `${typeOf(items ?? {})}[]`
  return type?.toLowerCase() ?? 'any'
}

function defaultOf ({ default: value }: Schema, required: boolean): string {
  if (value !== undefined) return cell(JSON.stringify(value).replaceAll('"', "'"))
  return required ? 'required' : ''
}

function cell (code: string): string {
  return `\`${code.replaceAll('|', '\\|')}\``
}

/** Every error code, with its status and the sentence above its declaration. */
async function errorsTable (root: string): Promise<string> {
  const rows: string[][] = []
  for (const file of globSync('plugins/*/errors.ts', { cwd: root }).sort()) {
    const path = join(root, file)
    const text = readFileSync(path, 'utf8')
    for (const [code, make] of Object.entries<unknown>(await import(pathToFileURL(path).href))) {
      if (typeof make !== 'function' || !code.startsWith('APIKIT_ERR_')) continue
      const { statusCode } = Reflect.construct(make, [])
      const meaning = new RegExp(`/\\*\\*([^/]*)\\*/\\s*export const ${code}\\b`).exec(text)?.[1] ?? ''
      rows.push([`\`${code}\``, String(statusCode), meaning.replaceAll(/\s*\n\s*\*?\s*|^\s+|\s+$/g, ' ').trim()])
    }
  }
  return table(['Code', 'Status', 'When'], rows.sort(([a = ''], [b = '']) => a < b ? -1 : 1))
}

function table (head: readonly string[], rows: readonly string[][]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean', default: false } }, allowPositionals: true })
  const root = positionals[0] ?? join(import.meta.dirname, '..')
  for (const { file, text } of await outdated(root)) {
    if (!values.check) writeFileSync(file, text)
    console.log(`${values.check ? 'differs' : 'written'}: ${relative(root, file)}`)
    if (values.check) process.exitCode = 1
  }
}
