import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { whenClosed } from '../core/http/when-closed.ts'
import { FailureLog } from './failure-log.ts'
import type { Found, Handlers } from './handlers.ts'
import { sendable } from './headers.ts'
import { isBodiless } from './phrases.ts'
import { type Recognised, recognise, type Trusts } from './recognise.ts'

/**
 * Set on a reply that an error has been answered with: its second error is answered past Fastify. Not decorated, as
 * Fastify would write it on every reply, and few of them fail.
 */
export const kFailures: unique symbol = Symbol('fastify-apikit.errors.failures')

/** One request that has failed, with the handlers of its scope. */
interface Failing {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly handlers: Handlers
  readonly log: FailureLog
}

type Read = Recognised & { readonly payload: string | undefined }

/**
 * Makes the error handler of a scope.
 *
 * @param handlersOf the handlers of the scope of a route
 */
export function answering (handlersOf: (scope: FastifyInstance) => Handlers) {
  return function answerError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<unknown> | undefined {
    const handlers = handlersOf(request.server)
    const log = reply[kFailures]
    if (log !== undefined) {
      answerRaw(thrown, { request, reply, handlers, log })
      return
    }
    reply[kFailures] = new FailureLog()
    return attempt(thrown, { request, reply, handlers, log: reply[kFailures] })
  }
}

const NONE: ReadonlySet<never> = new Set()

/** @param used handlers that have run: each runs once, so that handlers cannot throw at each other forever */
function attempt (thrown: unknown, failing: Failing, used: ReadonlySet<Found['handler']> = NONE): Promise<unknown> | undefined {
  const { request, reply, handlers, log } = failing
  if (reply.raw.headersSent) {
    abort(thrown, failing)
    return
  }
  const recognised = readFor(thrown, failing)
  log.add(recognised)
  const found = handlers.find(recognised, used)
  if (found === undefined) {
    answer(recognised, request, reply, log)
    return
  }
  reply.code(recognised.answer.status)
  return handle(found, failing).catch(error => attempt(error, failing, new Set([...used, found.handler])) ?? reply)
}

/**
 * Answers what goes wrong before a route is found (a URL that cannot be decoded, a parameter that is too
 * long), which no scope is asked about: an option of the server.
 *
 * ```ts
 * const app = Fastify({ frameworkErrors })
 * ```
 */
export function frameworkErrors (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const recognised = read(error, () => false)
  const log = new FailureLog()
  log.add(recognised)
  answer(recognised, request, reply, log)
}

function readFor (thrown: unknown, { request, handlers }: Failing): Read {
  // What broke while the body was read is the client's mistake, and has got the status 400 of Fastify.
  return read(thrown, error => error === request.raw.errored || handlers.trusts(error))
}

/** Does the same as `recognise`. An error that cannot be read or serialized becomes a 500. */
function read (thrown: unknown, trusts: Trusts): Read {
  try {
    const recognised = recognise(thrown, trusts)
    const { status, body } = recognised.answer
    return { ...recognised, payload: body === undefined || isBodiless(status) ? undefined : json(body) }
  } catch (cause) {
    return read(new Error('The response of an error could not be serialized. The cause says why', { cause }), () => false)
  }
}

async function handle ({ handler, error }: Found, { request, reply, log }: Failing): Promise<unknown> {
  // Until it is sent, the handler and the hooks behind it may change the status. First, so that "request completed" is last.
  const write = (): void => { log.write(request, reply) }
  reply.raw.prependOnceListener('finish', write)
  whenClosed(reply.raw, write)
  const result = handler(error as never, request, reply)
  // A plain function that returns nothing answers later by `reply.send`, which ends the wait for `reply`.
  if (result === undefined) return reply

  const payload = await result
  if (payload instanceof Error) throw payload
  if (!isPlain(payload) || reply.hasHeader('content-type')) return payload
  asIs(reply.type('application/json'))
  return json(payload)
}

/** Returns whether Fastify would serialize a payload as JSON. */
function isPlain (payload: unknown): boolean {
  if (payload === undefined || typeof payload === 'string') return false
  const body = Object(payload)
  return !('pipe' in body || 'getReader' in body || body instanceof Response || ArrayBuffer.isView(body))
}

function answer ({ payload, answer }: Read, request: FastifyRequest, reply: FastifyReply, log: FailureLog): FastifyReply {
  const { status, headers = {}, contentType = 'application/json' } = answer
  log.write(request, reply.code(status))
  if (payload === undefined) return reply.headers(headers).send()
  return asIs(reply.type(contentType).headers(headers)).send(payload)
}

/**
 * Answers past the hooks and past Fastify's own handler, which would show the message: the first
 * answer failed in an `onSend` hook or for a header, or a handler passed its error on by `reply.send(error)`.
 */
function answerRaw (thrown: unknown, failing: Failing): void {
  const { request, reply, log } = failing
  if (reply.raw.headersSent) return abort(thrown, failing)
  const recognised = readFor(thrown, failing)
  const { payload, answer: { status, headers, contentType = 'application/json' } } = recognised
  log.add(recognised)
  log.write(request, reply.code(status))
  reply.hijack()
  reply.raw.writeHead(status, {
    ...sendable(reply.getHeaders()),
    ...headers,
    ...(payload && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) })
  })
  reply.raw.end(payload)
}

/** Breaks off a response that has begun, so that the client notices the error. */
function abort (thrown: unknown, { request, reply, log }: Failing): void {
  log.abort(thrown, request, reply)
  reply.raw.destroy()
}

/** Sends a string unchanged. Without a serializer Fastify adds `; charset=utf-8` to the type, which FastAPI does not send. */
function asIs (reply: FastifyReply): FastifyReply {
  return reply.serializer(String)
}

function json (body: unknown): string {
  return JSON.stringify(body)
}
