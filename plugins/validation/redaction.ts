/**
 * Removes secrets from issues.
 *
 * @module
 */

import type { Issue, Pass } from '../core/schema/issue.ts'
import { isDictionary } from '../core/schema/parse-container.ts'
import type { Secrets } from '../core/schema/secrets.ts'

export const STARS = '**********'

const kSecrets: unique symbol = Symbol('fastify-apikit.validation.secrets')

type Marked = Issue & { readonly [kSecrets]?: Secrets }

/** Stands for a string where an object or a list with secrets was expected: the string may contain them. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'model_attributes_type', 'dict_type', 'list_type', 'set_type', 'frozen_set_type', 'tuple_type', 'json_invalid', 'json_type', 'union_tag_not_found'
])

/** Parts of an issue's `input` that must not be shown. */
export function hiddenIn (issue: Issue): Secrets | undefined {
  return (issue as Marked)[kSecrets]
}

/** Returns whether a property of an object is shown. */
export function isShown (key: string, { names, shown }: Secrets): boolean {
  return !names.has(key) && (shown === undefined || shown.has(key))
}

/** Redacts the issues that a pass records from now on. */
export function redact (pass: Pass, from: number, secrets: Secrets): void {
  pass.issues.push(...pass.issues.splice(from).map(issue => redacted(issue, secrets)))
}

/**
 * Without its `input` where that is a secret; else it is marked, and copied without the secrets in it when it is sent: only as much of it as is sent.
 *
 * @param within index in `loc` at which the value begins
 */
export function redacted (issue: Issue, secrets: Secrets, within = 1): Issue {
  const { type, loc, input } = issue
  // What is missing is told with the object that lacks it.
  const path = loc.slice(within, type === 'missing' ? -1 : undefined)
  if (isEmpty(input)) return issue
  if ((secrets.whole && (type !== 'missing' || !isDictionary(input))) || path.some(key => secrets.names.has(String(key)))) return withoutInput(issue)
  if (secrets.shown !== undefined) {
    if (CONTAINERS.has(type) && (typeof input !== 'object' || Buffer.isBuffer(input) || isListOfValues(input))) return withoutInput(issue)
    // A key that is no field may be a secret that is misspelt.
    if ((type === 'extra_forbidden' || secrets.extras) && path.some(key => typeof key === 'string' && !isShown(key, secrets))) return withoutInput(issue)
    // A text may be JSON with secrets in it, told of by a type that does not read it.
    if (typeof input === 'string' && [...secrets.names].some(name => input.includes(name))) return withoutInput(issue)
  }
  const marked: Marked = { ...issue, [kSecrets]: secrets }
  return marked
}

/** A list of what has no names by which to tell secrets. */
function isListOfValues (input: unknown): boolean {
  return Array.isArray(input) && !input.every(isDictionary)
}

function isEmpty (input: unknown): boolean {
  return input === null || input === undefined || input === ''
}

/** Minimum length of a secret that is removed from messages. Shorter ones occur in any sentence. */
const LEAST = 4

/** Removes the secret from the message as well, since some types quote the value. */
function withoutInput ({ type, loc, msg, input, ctx }: Issue): Issue {
  const text = typeof input === 'string' && input.length >= LEAST ? input : undefined
  const hide = (value: unknown): unknown => typeof value === 'string' && text !== undefined ? value.replaceAll(text, STARS) : value
  return { type, loc, msg: String(hide(msg)), ...ctx !== undefined && { ctx: Object.fromEntries(Object.entries(ctx).map(([key, value]) => [key, hide(value)])) } }
}
