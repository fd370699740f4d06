/**
 * The plan of a route: what the plugins know of it, and named slots for what they do to its requests. Plugins fill slots;
 * the conductor alone turns them into hooks and a handler.
 *
 * @module
 */

import type { Readable } from 'node:stream'
import type { TSchema } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteHandlerMethod, RouteOptions } from 'fastify'
import type { ResponseOptions } from './response-options.ts'

/** A JSON Schema as it is written in a route; TypeBox schemas are such objects. */
export interface Schema {
  readonly [key: string | symbol]: unknown
}

/** The parts of a request that a schema can describe, in the order in which errors are reported. */
export const PARTS = ['params', 'querystring', 'headers', 'cookies', 'body'] as const
export type Part = typeof PARTS[number]

/** An answer that a plugin adds to what `schema.response` declares. */
export interface PlannedResponse {
  readonly description: string
  readonly contentType: string
  /** Schema of the body; one with a `title` becomes a named component. Without one only the description is known. */
  readonly schema: Schema | TSchema | undefined
  /** All of it as `schema.response` would have it, where it is more than one schema. */
  readonly declared?: Schema | undefined
}

/** The schemas of the parts of a request that one owner reads: the route itself, or one of its dependencies. */
export type Inputs = { [part in Part]?: Schema }

/** What a dependency reads of the request, for itself. */
export interface InheritedInputs {
  /** Who reads it, for messages: `the dependency "pagination"`. */
  readonly from: string
  readonly inputs: Inputs
}

/** The parsed values of some inputs, by part. */
export type InputValues = { readonly [part in Part]?: unknown }

/** Some inputs, compiled. */
export interface Reader {
  readonly inputs: Inputs
}

/** One pass over one request, which notes all that is wrong with it. */
export interface Reading {
  /** The values, or `undefined` when something is wrong with them. */
  read (reader: Reader): InputValues | undefined
}

/** What `validation` does for whoever else reads the request. */
export interface Validator {
  /** How a wrong request is answered. */
  readonly refusal: { readonly status: string, readonly response: PlannedResponse }
  /**
   * @param app the scope whose schemas a `$ref` may mean
   * @param at where the inputs are declared, for messages; empty for the route itself
   */
  compile (app: FastifyInstance, inputs: Inputs, at: string, refuse: Refuse): Reader
  /** The reading of a request, begun when first asked for: what is noted early is answered with the rest. */
  begin (request: FastifyRequest): Reading
}

/**
 * Runs after a reading has begun and before the route's own inputs are read: calls the dependencies.
 * What it throws is answered in place of all that the reading noted.
 */
export type Solve = (reading: Reading, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/** Reports a mistake in the route; all mistakes of all routes are thrown as one error. */
export type Refuse = (problem: string) => void

/** Reads a body for a content-type parser: returns what becomes of `request.body`. */
export type ReadBody = (request: FastifyRequest, payload: Readable) => Promise<unknown>

/** Something done to a request, which may have to be waited for. */
export type Step = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/** Reads a request, and goes on by `done` unless it has answered. */
export type Read = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void

/** Puts something around the handler. */
export type Around = (handler: RouteHandlerMethod) => RouteHandlerMethod

/** What a handler returned → what is sent. `undefined` of an async handler included; not what was answered already. */
export type MapValue = (value: unknown, reply: FastifyReply) => unknown

/** Done before the first byte of an answer is sent. */
export type Send = (request: FastifyRequest, reply: FastifyReply, payload: unknown) => void | Promise<void>

/** Serves a socket, in place of a response. */
export type SocketHandler = (this: FastifyInstance, socket: never, request: FastifyRequest) => unknown

/** A route that is asked for a socket. */
export interface SocketRoute {
  /** As the user wrote it. */
  readonly handler: SocketHandler
  /** There is no response beside it. */
  readonly isOnly: boolean
  /** Refuses, or sends elsewhere, what need not be looked into: run before all else. `false` when it has answered. */
  admits (request: FastifyRequest, reply: FastifyReply): boolean
  /** Makes of a handler with all that stands around it what is called with the socket. */
  serve (handler: SocketHandler): SocketHandler
}

/** What plugins do to the requests of a route. The order is that of this list, whoever was registered first. */
export interface Slots {
  /** What holds unless something later says otherwise: the status. */
  begin?: (reply: FastifyReply) => void
  /** First of all: watches how much of the body comes. `false` when it has answered. */
  limit?: (request: FastifyRequest, reply: FastifyReply) => boolean
  /** Before the body is read: security schemes, and what they need. */
  early?: Step
  /** Reads a body before it is parsed, and hands on what is left of it. `undefined` leaves it to its parser. */
  parsing?: (request: FastifyRequest, payload: Readable) => Promise<Readable> | undefined
  /** Reads a form, in the parser of its content type: before all `preValidation` hooks. */
  body?: ReadBody
  /** Makes of a parsed body what its parser, which does not know the route, could not. */
  settle?: (request: FastifyRequest, reply: FastifyReply) => void
  /** Reads all parts of the request, and calls the dependencies that need them. */
  read?: Read
  /** The dependencies that come after the early ones, where nobody reads the request. */
  late?: Step
  /** Throws when something that has to be done before the handler was not. */
  assert?: (request: FastifyRequest) => void
  /** Run before the handler: the reply's serializer. */
  prepare?: (reply: FastifyReply) => void
  /** Around the handler, from the inside out. */
  readonly around: { trace?: Around, retry?: Around, generators?: Around, files?: Around }
  /** What becomes of the value of the handler, in this order. */
  readonly values: { models?: MapValue, kinds?: MapValue }
  /** The models of the route. */
  serializerCompiler?: NonNullable<RouteOptions['serializerCompiler']>
  /** Closes an answer that no model writes. */
  close?: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => unknown
  /** The socket that is opened once all before the handler is done. */
  socket?: SocketRoute
  readonly send: { generators?: Send, files?: Send, tasks?: Send }
  readonly fail: {
    /** Throws the error into what is open, and gives back what came out. */
    generators?: (request: FastifyRequest, error: unknown) => Promise<unknown> | undefined
    /** Makes of an error another, which is then answered. */
    translate?: (error: unknown, request: FastifyRequest) => unknown
    /** The handler of the scope stands behind that of the route as well, for answers that fail on their way out. */
    standsBehind?: FastifyInstance['errorHandler']
  }
}

export class RoutePlan {
  /** The scope in which the route is declared. */
  readonly app: FastifyInstance
  readonly route: RouteOptions
  /** As the user wrote it, name and all. */
  readonly handler: RouteHandlerMethod
  /** What the route itself reads of the request. */
  readonly inputs: Inputs
  /** What its dependencies read, each once, depth first as they are declared. */
  readonly inherited: InheritedInputs[] = []
  /** Tags of the scopes above, outer to inner; those of the route itself stand in `schema.tags`. */
  readonly tags: string[] = []
  /** Requirements of its dependencies, as in an OpenAPI operation. */
  readonly security: Array<Readonly<Record<string, readonly string[]>>> = []
  /** The schemes that `security` names, as in `components.securitySchemes`. */
  readonly securitySchemes = new Map<string, Schema>()
  /** Names of parameters of the query that hold credentials. */
  readonly queryKeys = new Set<string>()
  /** What the scopes above say of the responses of their routes, outer to inner; what the route says stands in `config.response`. */
  readonly presentation: ResponseOptions[] = []
  /** Answers documented by plugins, by status code. */
  readonly responses = new Map<string, PlannedResponse>()
  /** Where no model says what is sent, a string that the handler returns is JSON. */
  isTextJson = false
  /** Of `validation`. */
  validator: Validator | undefined
  /** Of `dependencies`, once the app is ready: run by the `read` of `validation`. */
  solve: Solve | undefined
  /** A dependency may touch the reply, and so set headers that do not leave with an error. */
  touchesReply = false
  readonly slots: Slots = { around: {}, values: {}, send: {}, fail: {} }
  /** Run when the app is ready, in order: what can be compiled and checked only then. */
  readonly atReady: Array<(refuse: Refuse) => void> = []

  constructor (app: FastifyInstance, route: RouteOptions) {
    this.app = app
    this.route = route
    this.handler = route.handler
    this.inputs = inputsOf(route)
  }
}

/** The schemas of the parts that a route reads. */
export function inputsOf ({ schema = {} }: Pick<RouteOptions, 'schema'>): Inputs {
  const inputs: Inputs = {}
  for (const part of PARTS) {
    const input: unknown = Reflect.get(schema, part) ?? (part === 'querystring' ? Reflect.get(schema, 'query') : undefined)
    if (input !== undefined) inputs[part] = input as Schema
  }
  return inputs
}
