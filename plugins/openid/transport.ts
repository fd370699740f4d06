/**
 * Requests to the issuer, with limits of time, number and size.
 *
 * @module
 */

import { IssuerUnavailable } from './refusals.ts'

/** `globalThis.fetch`, as far as it is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  readonly fetch: Fetch
  /** Milliseconds until the response and its body must have arrived. */
  readonly timeout: number
  /** Maximum number of concurrent requests. Further ones fail at once. */
  readonly maxConcurrent: number
}

/** Milliseconds after a failure in which metadata and keys are not asked for again. */
export const PAUSE = 1000

/** Bytes of a response. Metadata and key sets have some kilobytes. */
const MAX_BYTES = 1024 * 1024

export class Transport {
  readonly #options: TransportOptions
  readonly #closing = new AbortController()
  #open = 0

  constructor (options: TransportOptions) {
    this.#options = options
  }

  /** Aborts pending requests and refuses later ones. */
  close (): void {
    this.#closing.abort(new Error('the app is closing'))
  }

  /**
   * Sends a request. Returns the response with any status and its body in memory. Does not follow redirects, since a request may have a secret.
   *
   * @throws IssuerUnavailable without a response
   */
  async send (url: string, init: RequestInit): Promise<Response> {
    const { maxConcurrent } = this.#options
    if (this.#open >= maxConcurrent) throw new IssuerUnavailable(new Error(`maxConcurrent: ${maxConcurrent} requests to the issuer are pending`))
    this.#open++
    return await this.#exchange(url, init).finally(() => { this.#open-- })
  }

  async #exchange (url: string, init: RequestInit): Promise<Response> {
    const { fetch, timeout } = this.#options
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeout)])
      signal.throwIfAborted()
      const request = { ...init, redirect: 'manual', signal } as const
      // The issuer may have closed a connection that was kept. Each request here can be sent twice.
      const response = await fetch(url, request).catch(error => wasClosed(error) ? fetch(url, request) : Promise.reject(error))
      const { status, headers } = response
      const body = await bounded(response)
      return new Response(body.byteLength === 0 ? null : body, { status, headers })
    } catch (error) {
      throw new IssuerUnavailable(error)
    }
  }

  /**
   * Sends a request as `send` does, and fails on a response with 5xx or 429.
   *
   * @throws IssuerUnavailable
   */
  readonly ask: Fetch = async (url, init) => {
    const response = await this.send(url, init)
    const { status, headers } = response
    if (status >= 500 || status === 429) throw new IssuerUnavailable(new Error(`${url} answered ${status}`), status, headers.get('retry-after'))
    return response
  }
}

function wasClosed ({ cause }: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(Object(cause).code)
}

async function bounded ({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
