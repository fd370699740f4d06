/**
 * Compiles and runs templates.
 *
 * @module
 */

import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_TEMPLATE } from './errors.ts'
import { jinjaFilters } from './filters.ts'
import { templateLoader } from './loader.ts'
import type { Nunjucks } from './nunjucks.ts'
import type { Filter } from './options.ts'

export interface EnvironmentOptions {
  readonly root: string
  readonly cache: boolean
  readonly filters: Readonly<Record<string, Filter>>
  readonly globals: Readonly<Record<string, unknown>>
}

/** The functions that @fastify/view calls. */
export interface TemplateEnvironment {
  render (name: string, data: object, done: (error: unknown, html?: string) => void): void
  renderString (): never
}

/** @throws APIKIT_ERR_MISSING_PEER when nunjucks is not installed. */
export function templateEnvironment (owner: string, { root, cache, filters, globals }: EnvironmentOptions): TemplateEnvironment {
  const nunjucks = optionalPeer<Nunjucks>(owner, 'nunjucks')
  const env = new nunjucks.Environment(templateLoader(nunjucks, { root, cache }) as never, { autoescape: true })
  const all = { ...jinjaFilters(nunjucks, name => env.getFilter(name)), ...filters }
  for (const [name, filter] of Object.entries(all)) env.addFilter(name, filter as (...args: unknown[]) => unknown)
  for (const [name, value] of Object.entries(globals)) env.addGlobal(name, value)

  // The message may be sent to the client if no plugin handles errors. The cause, with file and line, is not.
  const failed = (cause: unknown): Error => Object.assign(new APIKIT_ERR_TEMPLATE(), { cause })
  return {
    render (name, data, done) {
      try {
        env.render(name, data, (error, html) => { error ? done(failed(error)) : done(null, String(html)) })
      } catch (error) {
        done(failed(error))
      }
    },
    renderString () {
      throw failed(new TypeError('A template must be a name inside the root, not a text'))
    }
  }
}
