import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Found, Handlers } from './handlers.ts'
import { sendable } from './headers.ts'
import { isBodiless } from './phrases.ts'
import { type Recognised, recognise } from './recognise.ts'

/**
 * Set on a reply that an error has been answered with: its second error is answered past Fastify. Not decorated, as
 * Fastify would write it on every reply, and few of them fail.
 */
export const kAnswered: unique symbol = Symbol('fastify-apikit.errors.answered')

/**
 * Makes the error handler of a scope.
 *
 * @param handlersOf the handlers of the scope of a route
 */
export function answering (handlersOf: (scope: FastifyInstance) => Handlers) {
  return function answerError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<unknown> | undefined {
    if (reply[kAnswered]) {
      answerRaw(read(thrown), request, reply)
      return
    }
    reply[kAnswered] = true
    return attempt(thrown, handlersOf(request.server), request, reply)
  }
}

const NONE: ReadonlySet<never> = new Set()

/** @param used each handler has one try, so that handlers that throw at each other come to an end */
function attempt (
  thrown: unknown, handlers: Handlers, request: FastifyRequest, reply: FastifyReply, used: ReadonlySet<Found['handler']> = NONE
): Promise<unknown> | undefined {
  if (reply.raw.headersSent) {
    abort(thrown, request, reply)
    return
  }
  const recognised = read(thrown)
  const found = handlers.find(recognised, used)
  if (found === undefined) {
    answer(recognised, request, reply)
    return
  }
  reply.code(recognised.answer.status)
  return handle(found, request, reply).catch(error => attempt(error, handlers, request, reply, new Set([...used, found.handler])) ?? reply)
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
  answer(read(error), request, reply)
}

/** As `recognise`, but an error that fails to say what it is, or to be JSON, is a failure of ours. */
function read (thrown: unknown): Recognised & { payload: string | undefined } {
  try {
    const recognised = recognise(thrown)
    const { status, body } = recognised.answer
    return { ...recognised, payload: body === undefined || isBodiless(status) ? undefined : json(body) }
  } catch (cause) {
    return read(new Error('The answer of an error cannot be written', { cause }))
  }
}

async function handle ({ handler, error }: Found, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const result = handler(error as never, request, reply)
  // A plain function that returns nothing answers later by `reply.send`, which ends the wait for `reply`.
  if (result === undefined) return reply

  const payload = await result
  if (payload instanceof Error) throw payload
  if (!isPlain(payload) || reply.hasHeader('content-type')) return payload
  asIs(reply.type('application/json'))
  return json(payload)
}

/** Whether Fastify would write a payload as JSON. */
function isPlain (payload: unknown): boolean {
  if (payload === undefined || typeof payload === 'string') return false
  const body = Object(payload)
  return !('pipe' in body || 'getReader' in body || body instanceof Response || ArrayBuffer.isView(body))
}

function answer (recognised: ReturnType<typeof read>, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { payload, answer: { status, headers = {}, contentType = 'application/json' } } = recognised
  log(recognised, request, reply.code(status))
  if (payload === undefined) return reply.headers(headers).send()
  return asIs(reply.type(contentType).headers(headers)).send(payload)
}

/**
 * Answers past the hooks and past Fastify's own handler, which would show the message: the first
 * answer failed in an `onSend` hook or for a header, or a handler passed its error on by `reply.send(error)`.
 */
function answerRaw (recognised: ReturnType<typeof read>, request: FastifyRequest, reply: FastifyReply): void {
  const { payload, answer: { status, headers, contentType = 'application/json' } } = recognised
  if (reply.raw.headersSent) return abort(recognised.thrown, request, reply)
  log(recognised, request, reply.code(status))
  reply.hijack()
  reply.raw.writeHead(status, {
    ...sendable(reply.getHeaders()),
    ...headers,
    ...(payload && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) })
  })
  reply.raw.end(payload)
}

/** The answer is under way: all that can be done is to let the client see that it is broken. */
function abort (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  request.log.error({ err: thrown }, 'error after the headers were sent')
  reply.raw.destroy()
}

/** Sends a string as it is: without a serializer Fastify adds `; charset=utf-8` to the type of JSON, and FastAPI's clients know none. */
function asIs (reply: FastifyReply): FastifyReply {
  return reply.serializer(String)
}

function json (body: unknown): string {
  return JSON.stringify(body)
}

function log ({ thrown, answer: { status } }: Recognised, request: FastifyRequest, reply: FastifyReply): void {
  const { name, code, message } = Object(thrown)
  if (status >= 500) {
    request.log.error({ req: request, res: reply, err: thrown }, message)
  } else {
    // Not the error itself: a refusal is the client's mistake, and what it holds is the client's data.
    request.log.info({ res: reply, error: { type: name, code } }, message)
  }
}
