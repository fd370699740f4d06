/**
 * Marks routes that plugins of this package declare, in their `config`.
 *
 * @module
 */

import type { FastifyContextConfig } from 'fastify'

interface WithConfig {
  readonly config?: object | undefined
}

/** Keeps a route out of lists of methods. For preflights and catch-alls, which say nothing about existing routes. */
export const kUnlisted: unique symbol = Symbol('fastify-apikit.unlisted')

/** Excludes a route from the dependencies of its scopes. For pages of the document, files and preflights. */
export const kOutside: unique symbol = Symbol('fastify-apikit.outside')

/** Makes a route public regardless of `app.guard`. For preflights and login pages. */
export const kPublic: unique symbol = Symbol('fastify-apikit.public')

/** Lets a route be asked under any host and without https. For probes, which know an address and no name. */
export const kProbe: unique symbol = Symbol('fastify-apikit.probe')

/** Marks a route for which it is not decided whether the security schemes of its scopes apply. */
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

export function isProbe ({ config }: WithConfig): boolean {
  return config !== undefined && kProbe in config
}

export function isUndecided ({ config }: WithConfig): boolean {
  return config !== undefined && kUndecided in config
}

/** Returns the `config` of a route with these marks. */
export function markedBy (...marks: readonly symbol[]): FastifyContextConfig {
  return Object.fromEntries(marks.map(mark => [mark, true]))
}
