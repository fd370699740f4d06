/**
 * Requests to the issuer: bounded in time, number and size.
 *
 * @module
 */

import { IssuerUnavailable } from './refusals.ts'

/** As `globalThis.fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  readonly fetch: Fetch
  /** Milliseconds until an answer has to be here, with all of its body. */
  readonly timeout: number
  /** Requests under way at once; those beyond are refused. */
  readonly maxConcurrent: number
}

/** Bytes of an answer. Metadata and key sets are some kilobytes. */
const MAX_BYTES = 1024 * 1024

export class Transport {
  readonly #options: TransportOptions
  readonly #closing = new AbortController()
  #open = 0

  constructor (options: TransportOptions) {
    this.#options = options
  }

  /** Ends what is under way; what is asked afterwards is refused. */
  close (): void {
    this.#closing.abort(new Error('the app is closing'))
  }

  /**
   * The answer, whatever its status, with its body in memory. Redirects are answers: a secret does not follow them.
   *
   * @throws IssuerUnavailable without one
   */
  async send (url: string, init: RequestInit): Promise<Response> {
    const { maxConcurrent } = this.#options
    if (this.#open >= maxConcurrent) throw new IssuerUnavailable(new Error(`${maxConcurrent} requests to the issuer are under way already`))
    this.#open++
    return await this.#exchange(url, init).finally(() => { this.#open-- })
  }

  async #exchange (url: string, init: RequestInit): Promise<Response> {
    const { fetch, timeout } = this.#options
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeout)])
      signal.throwIfAborted()
      const request = { ...init, redirect: 'manual', signal } as const
      // A connection that was kept may have been closed by the other end: what is asked here may be asked twice.
      const response = await fetch(url, request).catch(error => wasClosed(error) ? fetch(url, request) : Promise.reject(error))
      const { status, headers } = response
      const body = await bounded(response)
      return new Response(body.byteLength === 0 ? null : body, { status, headers })
    } catch (error) {
      throw new IssuerUnavailable(error)
    }
  }

  /**
   * An answer that says something: `send`, but a 5xx or 429 is none.
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
