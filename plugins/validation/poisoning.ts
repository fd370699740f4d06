/**
 * Rejects or removes keys that change a prototype, by the server's `onProtoPoisoning` and
 * `onConstructorPoisoning`, for JSON that Fastify's own parser does not see.
 *
 * @module
 * @see https://fastify.dev/docs/latest/Reference/Server/#onprotopoisoning
 */

import type { FastifyInstance } from 'fastify'
import type { Screen } from '../core/schema/parse.ts'
import { APIKIT_ERR_BODY } from './errors.ts'

type Action = 'error' | 'remove' | 'ignore'

/**
 * Returns whether a text may have such keys, perhaps escaped. Three searches take less time than one regular expression with
 * three branches, and `indexOf` less than `includes`, which V8 does not compile.
 */
export function mayPoison (text: string): boolean {
  // A search is fast when its first character is rare, and quotes are not.
  return text.indexOf('__proto__') >= 0 || text.indexOf('\\u00') >= 0 || (text.indexOf('constructor"') >= 0 && text.indexOf('"constructor"') >= 0)
}

/** Returns a function that rejects or removes these keys, by the options of the server. */
export function screenOf (app: FastifyInstance): Screen {
  const { onProtoPoisoning, onConstructorPoisoning } = app.initialConfig as { onProtoPoisoning: Action, onConstructorPoisoning: Action }
  const poisons: ReadonlyArray<readonly [key: string, action: Action, isPoison: (value: unknown) => boolean]> = [
    ['__proto__', onProtoPoisoning, () => true],
    ['constructor', onConstructorPoisoning, value => typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')]
  ]
  const active = poisons.filter(([, action]) => action !== 'ignore')

  return (text, value) => {
    if (!mayPoison(text)) return
    const open = [value]
    // No recursion: it may be nested deeper than calls can be.
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (typeof node !== 'object' || node === null) continue
      for (const [key, action, isPoison] of active) {
        if (!Object.hasOwn(node, key) || !isPoison(Reflect.get(node, key))) continue
        if (action === 'error') throw new APIKIT_ERR_BODY()
        Reflect.deleteProperty(node, key)
      }
      for (const inner of Object.values(node)) if (typeof inner === 'object') open.push(inner)
    }
  }
}
