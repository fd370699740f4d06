/**
 * Marks in the `config` of routes that plugins of this package declare themselves.
 *
 * @module
 */

import type { FastifyContextConfig } from 'fastify'

interface WithConfig {
  readonly config?: object | undefined
}

/** It answers preflights, or what no other route does, and says nothing of what exists: it is in no list of methods. */
export const kUnlisted: unique symbol = Symbol('fastify-apikit.unlisted')

/** What its scopes depend on does not hold for it: pages of the document, files, preflights. */
export const kOutside: unique symbol = Symbol('fastify-apikit.outside')

/** Anybody has to be able to call it, whatever `app.guard` says: preflights, pages of a login. */
export const kPublic: unique symbol = Symbol('fastify-apikit.public')

/** Nobody has said whether the security schemes of its scopes hold for it. */
export const kUndecided: unique symbol = Symbol('fastify-apikit.undecided')

export function isUnlisted ({ config }: WithConfig): boolean {
  return config !== undefined && kUnlisted in config
}

export function isOutside ({ config }: WithConfig): boolean {
  return config !== undefined && kOutside in config
}

export function isPublic ({ config }: WithConfig): boolean {
  return config !== undefined && kPublic in config
}

export function isUndecided ({ config }: WithConfig): boolean {
  return config !== undefined && kUndecided in config
}

/** The `config` of a route with these marks. */
export function markedBy (...marks: readonly symbol[]): FastifyContextConfig {
  return Object.fromEntries(marks.map(mark => [mark, true]))
}
