/**
 * Filled slots → a handler and at most one hook for each step of Fastify's lifecycle. Nothing else writes to a route.
 *
 * @module
 */

import type { Readable } from 'node:stream'
import type {
  FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler, preParsingHookHandler, preValidationHookHandler, RouteHandlerMethod, RouteOptions
} from 'fastify'
import { raised } from '../thrown.ts'
import { failing, isFailing } from './failing.ts'
import { hideInLog } from './logged-url.ts'
import { keepPlan } from './plan-of-request.ts'
import { headersOf, noteSpan } from './reply-headers.ts'
import { closing, sending, withoutLength } from './response-hooks.ts'
import type { MapValue, RoutePlan, Slots, SocketHandler, SocketRoute, Step } from './route-plan.ts'
import { takesReply } from './takes-reply.ts'

/** What the hooks of a route cannot do without being told. */
interface Watch {
  /** A dependency may set headers. */
  readonly dependencies: boolean
  /** The handler may. */
  readonly handler: boolean
}

/** Gives a route its hooks, its handler, and, once its scope has one, its error handler. */
export function install (plan: RoutePlan): void {
  const { route, slots, app } = plan
  keepPlan(route, plan)
  hideInLog(plan)
  const watch: Watch = { dependencies: plan.touchesReply, handler: takesReply(plan.handler) }
  if (slots.socket !== undefined) Object.assign(route, { onRequest: [admitting(slots.socket), route.onRequest ?? []].flat() })
  append(route, 'onRequest', limited(slots, early(slots, watch)))
  append(route, 'preParsing', parsing(slots))
  const reading = late(slots, watch)
  if (slots.parsing === undefined) {
    append(route, 'preValidation', settled(slots, reading))
  } else {
    // What was read before the parser came is put in its place right behind it.
    Object.assign(route, { preValidation: [settled(slots), route.preValidation ?? []].flat() })
    append(route, 'preValidation', reading)
  }
  append(route, 'preSerialization', closing(slots))
  append(route, 'onSend', route.method === 'HEAD' ? withoutLength(sending(slots)) : sending(slots))
  if (slots.socket?.isOnly !== true) route.handler = isSocketOfOthers(plan) ? forSocket(plan, handlerOf(plan, watch)) : handlerOf(plan, watch)
  if (slots.socket !== undefined) Object.assign(route, { [slots.socket.isOnly ? 'handler' : 'wsHandler']: slots.socket.serve(heldOpen(plan, slots.socket)) })
  if (slots.serializerCompiler !== undefined) route.serializerCompiler = slots.serializerCompiler
  // Run when Fastify itself looks up the error handler of the scope: it may have been set behind the route.
  app.after(() => { if (isFailing(plan, watch)) route.errorHandler = failing(plan, route.errorHandler) })
}

function admitting (socket: SocketRoute): onRequestHookHandler {
  return (request, reply, done) => {
    let isAdmitted: boolean
    try {
      isAdmitted = socket.admits(request, reply)
    } catch (error) {
      return done(raised(error))
    }
    if (isAdmitted) done()
  }
}

/** There is no response: nothing is made of a value, and what is open ends with the socket. */
function heldOpen ({ slots: { assert, around: { generators } } }: RoutePlan, { handler }: SocketRoute): SocketHandler {
  return function (socket, request) {
    assert?.(request)
    const call = (): unknown => handler.call(this, socket, request)
    return generators === undefined ? call() : generators(call).call(this, request, undefined as never)
  }
}

/** Whether @fastify/websocket alone serves the route. */
function isSocketOfOthers ({ route, slots }: RoutePlan): boolean {
  return slots.socket === undefined && Reflect.get(route, 'websocket') === true
}

/** If it is registered behind this package, it takes the handler for that of its sockets: there is a request, but no reply. */
function forSocket ({ handler, slots: { assert } }: RoutePlan, http: RouteHandlerMethod): RouteHandlerMethod {
  return function (...values: [unknown, unknown]) {
    const [, last] = values
    if ('hijack' in Object(last)) return Reflect.apply(http, this, values)
    assert?.(last as FastifyRequest)
    return Reflect.apply(handler, this, values)
  }
}

type Hook = 'onRequest' | 'preParsing' | 'preValidation' | 'preSerialization' | 'onSend'

function append (route: RouteOptions, name: Hook, hook: object | undefined): void {
  if (hook !== undefined) Object.assign(route, { [name]: [route[name] ?? [], hook].flat() })
}

/** Watches the body before anything else is done. */
function limited ({ limit }: Slots, next: onRequestHookHandler | undefined): onRequestHookHandler | undefined {
  if (limit === undefined) return next
  return function (request, reply, done) {
    if (!limit(request, reply)) return
    if (next === undefined) done()
    else next.call(this, request, reply, done)
  }
}

function early ({ begin, early }: Slots, watch: Watch): onRequestHookHandler | undefined {
  if (early === undefined) return undefined
  const step = watch.dependencies ? watched(early) : early
  return (request, reply, done) => {
    begin?.(reply)
    run(step, request, reply, done)
  }
}

function parsing ({ parsing }: Slots): preParsingHookHandler | undefined {
  if (parsing === undefined) return undefined
  return (request, _reply, payload, done) => {
    const reading = parsing(request, payload as Readable)
    if (reading === undefined) done(null, payload)
    else reading.then(rest => { done(null, rest) }, error => { done(raised(error)) })
  }
}

/** Puts the settling of the body before another hook. */
function settled ({ settle }: Slots, next?: preValidationHookHandler): preValidationHookHandler | undefined {
  if (settle === undefined) return next
  return function (request, reply, done) {
    try {
      settle(request, reply)
    } catch (error) {
      return done(raised(error))
    }
    if (next === undefined) done()
    else next.call(this, request, reply, done)
  }
}

function late ({ begin: first, early, read, late }: Slots, watch: Watch): preValidationHookHandler | undefined {
  const begin = early === undefined ? first : undefined
  if (read !== undefined && watch.dependencies) {
    return (request, reply, done) => {
      begin?.(reply)
      const before = headersOf(reply)
      const noted: typeof done = error => {
        noteSpan(reply, { before, after: headersOf(reply) })
        done(error)
      }
      try {
        read(request, reply, noted)
      } catch (error) {
        noted(raised(error))
      }
    }
  }
  if (read !== undefined) {
    return (request, reply, done) => {
      begin?.(reply)
      try {
        read(request, reply, done)
      } catch (error) {
        done(raised(error))
      }
    }
  }
  if (late === undefined) return undefined
  const step = watch.dependencies ? watched(late) : late
  return (request, reply, done) => {
    begin?.(reply)
    run(step, request, reply, done)
  }
}

function run (step: Step, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  let running: void | Promise<void>
  try {
    running = step(request, reply)
  } catch (error) {
    return done(raised(error))
  }
  if (running === undefined) done()
  else running.then(() => { done() }, error => { done(raised(error)) })
}

/** Notes which headers a step sets, also when it fails. */
function watched (step: Step): Step {
  return (request, reply) => {
    const before = headersOf(reply)
    const note = (): void => { noteSpan(reply, { before, after: headersOf(reply) }) }
    let running: void | Promise<void>
    try {
      running = step(request, reply)
    } catch (error) {
      note()
      throw error
    }
    if (running === undefined) note()
    return running?.finally(note)
  }
}

function handlerOf ({ handler, slots }: RoutePlan, watch: Watch): RouteHandlerMethod {
  const { begin, early, read, late, assert, prepare, around, values } = slots
  const inner = [around.trace, around.retry, around.generators, around.files].reduce((inner, put) => put === undefined ? inner : put(inner), handler)
  const map = mapping(values.models, values.kinds)
  const first = early === undefined && read === undefined && late === undefined ? begin : undefined
  if (inner === handler && [map, first, assert, prepare].every(step => step === undefined) && !watch.handler) return handler

  // Tools that read the name of Fastify's handler (tracing, printRoutes) see the user's. As a key it takes less memory than defined.
  const { name } = handler
  const named: { readonly [name: string]: RouteHandlerMethod } = {
    [name]: function (request, reply) {
      assert?.(request)
      first?.(reply)
      if (watch.handler) noteSpan(reply, { before: headersOf(reply) })
      prepare?.(reply)
      const result: unknown = inner.call(this, request, reply)
      if (map === undefined) return result
      if (result instanceof Promise) return result.then(value => map(value, reply))
      // A plain function that returns nothing answers by `reply.send`, now or later.
      return result === undefined ? result : map(result, reply)
    }
  }
  return named[name] as RouteHandlerMethod
}

function mapping (models: MapValue | undefined, kinds: MapValue | undefined): MapValue | undefined {
  if (models === undefined || kinds === undefined) return models ?? kinds
  return (value, reply) => kinds(models(value, reply), reply)
}
