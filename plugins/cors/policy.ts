/**
 * What pages of other origins may do, as in FastAPI: its headers, and its answers to preflights.
 *
 * @module
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compilePattern } from '../core/schema/pattern.ts'
import { headerWriter, type WriteHeaders } from './headers.ts'
import type { ParsedOptions } from './options.ts'

const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/** A page may send these without asking, if their values are plain. */
const SAFELISTED = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type']

type Headers = Readonly<Record<string, string>>

export interface PreflightAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export class Policy {
  readonly #origins: ReadonlySet<string>
  readonly #pattern: { test (text: string): boolean } | undefined
  readonly #isOpen: boolean
  readonly #methods: readonly string[]
  /** In lower case; `undefined` for all. */
  readonly #headers: ReadonlySet<string> | undefined
  readonly #privateNetwork: boolean
  /** To a page that may read the answer. */
  readonly #write: WriteHeaders
  /** To another. */
  readonly #simple: Headers
  readonly #preflight: Headers

  constructor (options: ParsedOptions) {
    const { allowOrigins, allowOriginRegex, allowMethods, allowHeaders, allowCredentials, allowPrivateNetwork, exposeHeaders, maxAge } = options
    this.#origins = new Set(allowOrigins)
    this.#isOpen = allowOrigins.includes('*')
    this.#pattern = allowOriginRegex === undefined ? undefined : compilePattern(`^(?:${allowOriginRegex})$`)
    this.#methods = allowMethods.includes('*') ? ALL_METHODS : allowMethods
    const headers = [...new Set([...SAFELISTED, ...allowHeaders])].sort()
    this.#headers = allowHeaders.includes('*') ? undefined : new Set(headers.map(header => header.toLowerCase()))
    this.#privateNetwork = allowPrivateNetwork

    const credentials = allowCredentials ? { 'access-control-allow-credentials': 'true' } : undefined
    const anyone = this.#isOpen ? { 'access-control-allow-origin': '*' } : undefined
    this.#write = headerWriter({ origin: this.#isOpen ? '*' : true, credentials: allowCredentials, exposedHeaders: exposeHeaders.length > 0 ? exposeHeaders : null })
    this.#simple = {
      ...credentials,
      ...exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(', ') }
    }
    this.#preflight = {
      ...anyone ?? { vary: 'Origin' },
      'access-control-allow-methods': this.#methods.join(', '),
      'access-control-max-age': String(maxAge),
      ...this.#headers !== undefined && { 'access-control-allow-headers': headers.join(', ') },
      ...credentials
    }
  }

  /** Writes the headers of an answer to a page of this origin; one that names the origin varies with it. */
  mark (request: FastifyRequest, reply: FastifyReply, origin: string): void {
    if (this.#allows(origin)) this.#write(request, reply)
    else reply.headers(this.#simple)
  }

  answerPreflight (origin: string, asked: IncomingHttpHeaders): PreflightAnswer {
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

  #allows (origin: string): boolean {
    return this.#isOpen || this.#origins.has(origin) || this.#pattern?.test(origin) === true
  }
}
