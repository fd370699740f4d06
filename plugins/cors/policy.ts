/**
 * Which pages of other origins may do what: the rules of Starlette's `CORSMiddleware`, which is FastAPI's.
 *
 * @module
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */

import type { IncomingHttpHeaders } from 'node:http'
import { compilePattern } from '../core/schema/pattern.ts'
import type { ParsedOptions } from './options.ts'

const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY']

/** What the answer to a preflight depends on. */
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network'

/** A page may send these without asking, if their values are plain. */
const SAFELISTED = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type']

type Headers = Readonly<Record<string, string>>

export interface PreflightAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** As much of the options of @fastify/cors as is used, so that its package is not needed for these types. */
export interface HeaderOptions {
  readonly origin: string | boolean | string[]
  readonly credentials?: boolean
  readonly exposedHeaders?: string[]
  readonly preflight?: boolean
}

export class Policy {
  readonly #origins: ReadonlySet<string>
  readonly #pattern: { test (text: string): boolean } | undefined
  readonly #isOpen: boolean
  readonly #methods: readonly string[]
  /** In lower case; `undefined` allows all. */
  readonly #headers: ReadonlySet<string> | undefined
  readonly #privateNetwork: boolean
  readonly #preflight: Headers
  readonly #shared: Headers
  readonly #allowed: HeaderOptions
  readonly #refused: HeaderOptions
  readonly #sameOrigin: HeaderOptions = { origin: false }

  /** @throws when `allowOriginRegex` is not a pattern */
  constructor ({ allowOrigins, allowOriginRegex, allowMethods, allowHeaders, allowCredentials, allowPrivateNetwork, exposeHeaders, maxAge }: ParsedOptions) {
    this.#origins = new Set(allowOrigins)
    this.#isOpen = allowOrigins.includes('*')
    this.#pattern = allowOriginRegex === undefined ? undefined : compilePattern(`^(?:${allowOriginRegex})$`)
    this.#methods = allowMethods.includes('*') ? ALL_METHODS : allowMethods
    const headers = [...new Set([...SAFELISTED, ...allowHeaders])].sort()
    this.#headers = allowHeaders.includes('*') ? undefined : new Set(headers.map(header => header.toLowerCase()))
    this.#privateNetwork = allowPrivateNetwork

    const credentials = allowCredentials ? { 'access-control-allow-credentials': 'true' } : undefined
    this.#preflight = {
      ...this.#isOpen && { 'access-control-allow-origin': '*' },
      vary: PREFLIGHT_VARY,
      'access-control-allow-methods': this.#methods.join(', '),
      'access-control-max-age': String(maxAge),
      ...this.#headers !== undefined && { 'access-control-allow-headers': headers.join(', ') },
      ...credentials
    }
    this.#shared = {
      ...credentials,
      ...exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(', ') }
    }
    this.#allowed = {
      origin: this.#isOpen ? '*' : true,
      credentials: allowCredentials,
      ...exposeHeaders.length > 0 && { exposedHeaders: exposeHeaders },
      preflight: false
    }
    // No origin matches an empty list; `false` would leave the other headers away as well.
    this.#refused = { ...this.#allowed, origin: [] }
  }

  /** The answer to a preflight: 200, or 400 with what is not allowed. */
  preflight (origin: string, asked: IncomingHttpHeaders): PreflightAnswer {
    const headers: Record<string, string> = { ...this.#preflight }
    const failures: string[] = []
    if (!this.#allows(origin)) failures.push('origin')
    else if (!this.#isOpen) headers['access-control-allow-origin'] = origin
    if (!this.#methods.includes(String(asked['access-control-request-method']))) failures.push('method')

    const wanted = asked['access-control-request-headers']
    if (wanted !== undefined && this.#headers === undefined) headers['access-control-allow-headers'] = wanted
    if (wanted?.split(',').every(header => this.#headers?.has(header.trim().toLowerCase()) ?? true) === false) failures.push('headers')

    if (asked['access-control-request-private-network'] !== undefined) {
      if (this.#privateNetwork) headers['access-control-allow-private-network'] = 'true'
      else failures.push('private-network')
    }
    return failures.length > 0
      ? { status: 400, headers, text: `Disallowed CORS ${failures.join(', ')}` }
      : { status: 200, headers, text: 'OK' }
  }

  /** What @fastify/cors is told about any other request. */
  simple (origin: string | undefined): HeaderOptions {
    if (origin === undefined) return this.#sameOrigin
    return this.#allows(origin) ? this.#allowed : this.#refused
  }

  /** What it writes then. */
  headers (origin: string): Headers {
    return this.#allows(origin) ? { ...this.#shared, 'access-control-allow-origin': this.#isOpen ? '*' : origin } : this.#shared
  }

  #allows (origin: string): boolean {
    return this.#isOpen || this.#origins.has(origin) || this.#pattern?.test(origin) === true
  }
}
