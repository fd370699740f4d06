/**
 * Filters of Jinja2 that nunjucks lacks, or implements differently.
 *
 * @module
 * @see https://jinja.palletsprojects.com/en/stable/templates/#builtin-filters
 */

import { escapeHtml } from './jinja-runtime.ts'
import type { Nunjucks } from './nunjucks.ts'
import type { Filter } from './options.ts'

/** @param filterOf finds another filter by its name */
export function jinjaFilters ({ runtime }: Nunjucks, filterOf: (name: string) => Filter): Readonly<Record<string, Filter>> {
  const escape = (value: unknown): unknown => value instanceof runtime.SafeString ? value : runtime.markSafe(escapeHtml(String(value ?? '')))
  return {
    escape,
    e: escape,
    forceescape: (value: unknown) => runtime.markSafe(escapeHtml(String(value ?? ''))),
    tojson: (value: unknown) => runtime.markSafe(toJson(value).replaceAll(/[<>&']/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)),
    count: (value: { length: number } | object) => 'length' in Object(value) ? Object(value).length : Object.keys(value).length,
    items: (value: object | undefined) => Object.entries(value ?? {}),
    attr: (value: unknown, name: string) => runtime.memberLookup(value, name),
    map: (values: Iterable<unknown>, how: string | { attribute: string, default?: unknown }, ...args: never[]) => {
      if (typeof how === 'string') return Array.from(values, value => filterOf(how)(value as never, ...args))
      return Array.from(values, value => how.attribute.split('.').reduce<unknown>((found, key) => runtime.memberLookup(found, key), value) ?? how.default)
    },
    unique: (values: Iterable<unknown>) => {
      const seen = new Set<unknown>()
      return Array.from(values).filter(value => {
        const key = typeof value === 'string' ? value.toLowerCase() : value
        return !seen.has(key) && seen.add(key)
      })
    },
    min: (values: Iterable<number>) => extreme(values, (a, b) => a < b),
    max: (values: Iterable<number>) => extreme(values, (a, b) => a > b)
  }
}

function extreme (values: Iterable<number>, isBetter: (a: number, b: number) => boolean): number | undefined {
  let best: number | undefined
  for (const value of values) if (best === undefined || isBetter(value, best)) best = value
  return best
}

/** As Python writes it: blanks behind `,` and `:`, keys in order, ASCII alone. */
function toJson (value: unknown): string {
  const plain: unknown = 'toJSON' in Object(value) ? Object(value).toJSON() : value
  if (Array.isArray(plain)) return `[${plain.map(toJson).join(', ')}]`
  if (typeof plain === 'object' && plain !== null) {
    const fields = new Map<string, unknown>(Object.entries(plain).filter(([, field]) => field !== undefined))
    return `{${[...fields.keys()].sort().map(key => `${ascii(key)}: ${toJson(fields.get(key))}`).join(', ')}}`
  }
  return typeof plain === 'string' ? ascii(plain) : JSON.stringify(plain) ?? 'null'
}

function ascii (text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
