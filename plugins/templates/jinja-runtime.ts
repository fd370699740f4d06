/**
 * The runtime of templates, as in Jinja2: its escaping, and the methods of Python values.
 *
 * @module
 * @see https://jinja.palletsprojects.com/en/stable/templates/
 */

import type { Nunjucks, Runtime } from './nunjucks.ts'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

/** Escapes text for HTML, as MarkupSafe does. */
export function escapeHtml (text: string): string {
  return text.replaceAll(/[&<>"']/g, char => ESCAPES[char] as string)
}

/** Properties that lead from a value to code. */
const HIDDEN = new Set<unknown>(['constructor', 'prototype', '__proto__'])

const OF_STRINGS: Readonly<Record<string, (text: string, ...args: string[]) => unknown>> = {
  upper: text => text.toUpperCase(),
  lower: text => text.toLowerCase(),
  capitalize: text => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  title: text => text.replaceAll(/\p{L}+/gu, word => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()),
  strip: text => text.trim(),
  lstrip: text => text.trimStart(),
  rstrip: text => text.trimEnd(),
  startswith: (text, start = '') => text.startsWith(start),
  endswith: (text, end = '') => text.endsWith(end),
  replace: (text, from = '', to = '') => text.replaceAll(from, () => to)
}

/** Our own runtime: all users of nunjucks in the process share its runtime. */
export function jinjaRuntime (nunjucks: Nunjucks): Runtime {
  const { runtime } = nunjucks
  const uninstall = nunjucks.installJinjaCompat()
  const { memberLookup, contextOrFrameLookup } = runtime
  uninstall()

  return {
    ...runtime,
    contextOrFrameLookup,
    // Line numbers start at 0 at runtime, and at 1 at compile time.
    handleError: (error, line, column) => runtime.handleError(error, line + 1, column + 1),
    suppressValue (value) {
      if (value === undefined || value === null) return ''
      return value instanceof runtime.SafeString ? value : escapeHtml(String(value))
    },
    memberLookup (object, key, ...slice) {
      if (slice.length > 0) return memberLookup(object, key, ...slice)
      if (HIDDEN.has(key)) return undefined
      if (typeof object === 'string') {
        const method = Object.hasOwn(OF_STRINGS, key as never) ? OF_STRINGS[key as never] : undefined
        if (method !== undefined) return (...args: string[]) => method(object, ...args)
      }
      // An own field precedes a dict method: `cart.items`.
      if (typeof object === 'object' && object !== null && Object.hasOwn(object, key as never)) return runtime.memberLookup(object, key)
      return memberLookup(object, key)
    }
  }
}
