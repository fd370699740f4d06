/**
 * Lets an app import the package by its name, wherever the app lies: `fastify-apikit/errors` is this repository's
 * source, unbuilt, and what the app's own folder has not installed (`fastify`, TypeBox) is taken from here.
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { isBuiltin, registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './scenarios.ts'

const PACKAGE = 'fastify-apikit'
const here = pathToFileURL(join(root, 'package.json')).href

/** @param path behind the name of the package: `/errors`, or none */
function source (path: string): string | undefined {
  const file = join(root, 'plugins', path, 'index.ts')
  return existsSync(file) ? pathToFileURL(file).href : undefined
}

registerHooks({
  resolve (specifier, context, next) {
    if (specifier === PACKAGE || specifier.startsWith(`${PACKAGE}/`)) {
      const url = source(specifier.slice(PACKAGE.length))
      if (url !== undefined) return next(url, context)
    }
    const isBare = !/^(\.{0,2}\/|[a-z]+:|#)/.test(specifier) && !isBuiltin(specifier)
    if (!isBare) return next(specifier, context)
    try {
      return next(specifier, context)
    } catch {
      return next(specifier, { ...context, parentURL: here })
    }
  }
})
