/**
 * Selects the plugins to register, with their options.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { isHostOption } from '../core/host-options.ts'
import { registrations } from '../core/registry.ts'
import { scopesFrom } from '../core/scope.ts'
import type { PluginName } from './options.ts'
import { type Entry, type Given, PLUGINS } from './plugins.ts'

export interface Chosen extends Entry {
  readonly name: PluginName
  readonly options: Given
  /** Path of the options, for messages: `options/docs`. */
  readonly at: string
}

export interface Choice {
  /** In the order of registration. */
  readonly chosen: readonly Chosen[]
  readonly problems: readonly string[]
}

/**
 * Parses the options, except those of the plugins.
 *
 * @param app The scope in which the plugins are registered.
 */
export function choose (app: FastifyInstance, options: Given): Choice {
  const unknown = Object.keys(options).filter(key => !Object.hasOwn(PLUGINS, key) && !isHostOption(app, key, options[key]))
  const problems = unknown.map(key => `options/${key}: Unknown option. Expected one of ${Object.keys(PLUGINS).join(', ')}`)

  const chosen = Object.entries(PLUGINS).flatMap(([key, entry]) => {
    const name = key as PluginName
    const value = options[name]
    const at = `options/${name}`
    if (value === false) return []
    if (value === undefined) {
      const isThere = [...scopesFrom(app)].some(scope => ownsPlugin(scope, name))
      return entry.isStandard && !isThere ? [{ ...entry, name, options: { ...entry.defaults }, at }] : []
    }

    // Several folders of files can be served, and several databases used.
    const isList = (name === 'static' || name === 'db') && Array.isArray(value)
    const list: unknown[] = isList ? value : [value]
    if (name !== 'static' && ownsPlugin(app, name)) {
      problems.push(`${at}: fastify-apikit/${folderOf(name)} is already registered in this scope. Remove that registration, or this option`)
    }
    return list.flatMap((value, index) => {
      const place = isList ? `${at}/${index}` : at
      if (value === true || isObject(value)) return [{ ...entry, name, options: { ...entry.defaults, ...value === true ? {} : value }, at: place }]
      problems.push(`${place}: Expected true, false or an object`)
      return []
    })
  })
  return { chosen, problems }
}

/** `trustedHost` → `trusted-host` */
function folderOf (name: PluginName): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

function isObject (value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ownsPlugin (app: FastifyInstance, name: PluginName): boolean {
  return registrations(app).some(({ scope, plugin }) => scope === app && plugin === folderOf(name))
}
