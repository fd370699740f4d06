/**
 * What a database refuses, typed: which table, which columns, and what a client is told of it. Never SQL.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Answer, type Answering, kAnswer } from '../../core/http/answer.ts'

/** What is known of the constraint that a statement broke. */
export interface Broken {
  readonly table: string | undefined
  readonly columns: readonly string[]
  readonly constraint: string | undefined
  /** Columns whose names a client may read. */
  readonly shown: readonly string[]
}

/** An error of the database that has an answer of its own. */
export abstract class DatabaseError extends Error implements Answering {
  /** Stable name for programs, never sent: `APIKIT_DB_UNIQUE`. */
  abstract readonly code: string

  constructor (message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }

  abstract [kAnswer] (): Answer
}

/** A statement that broke a constraint. Catch the class you expect: `UniqueViolation`. */
export abstract class ConstraintViolation extends DatabaseError {
  /** The table; `undefined` where the database does not tell and it cannot be found out. */
  readonly table: string | undefined
  /** Its columns; empty where they cannot be told. */
  readonly columns: readonly string[]
  readonly constraint: string | undefined
  protected readonly shown: readonly string[]

  constructor (what: string, { table, columns, constraint, shown }: Broken, options?: ErrorOptions) {
    super(`${what}${table === undefined ? '' : `: ${table}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`}`, options)
    this.table = table
    this.columns = columns
    this.constraint = constraint
    this.shown = shown
  }
}

const Detail = (title: string, status: string): TSchema => Type.Object({ detail: Type.String() }, { title, description: status })

/** One issue of a 422, as `validation` writes them. */
function issue (type: string, msg: string, columns: readonly string[], above: readonly string[] = ['body']): Answer {
  const locs = columns.length === 0 ? [[]] : columns.map(name => [name])
  return { status: 422, body: { detail: locs.map(loc => ({ type, loc: [...above, ...loc], msg })) } }
}

/** A row with these values is there already: 409. */
export class UniqueViolation extends ConstraintViolation {
  readonly code = 'APIKIT_DB_UNIQUE'
  static readonly status: number = 409
  static readonly schema: TSchema = Detail('UniqueViolation', 'Conflict')

  constructor (broken: Broken, options?: ErrorOptions) {
    super('There is a row with these values already', broken, options)
  }

  [kAnswer] (): Answer {
    const { shown } = this
    return { status: 409, body: { detail: shown.length === 0 ? 'Conflict' : `${shown.join(', ')}: already taken` } }
  }
}

/**
 * A row references one that is not there (422), or is referenced by others and so cannot go (409).
 */
export class ForeignKeyViolation extends ConstraintViolation {
  readonly code = 'APIKIT_DB_FOREIGN_KEY'
  static readonly status: number = 409
  static readonly schema: TSchema = Detail('ForeignKeyViolation', 'Conflict')
  /** Whether what is referenced is missing; else the row is still referenced. */
  readonly missing: boolean

  constructor (broken: Broken, missing: boolean, options?: ErrorOptions) {
    super(missing ? 'What the row references is not there' : 'The row is still referenced', broken, options)
    this.missing = missing
  }

  [kAnswer] (): Answer {
    if (this.missing) return issue('foreign_key', 'What this refers to does not exist', this.shown)
    return { status: 409, body: { detail: 'It is still referred to' } }
  }
}

/** A row does not fulfil a condition of its table: 422. */
export class CheckViolation extends ConstraintViolation {
  readonly code = 'APIKIT_DB_CHECK'
  constructor (broken: Broken, options?: ErrorOptions) {
    super('The row does not fulfil a condition of its table', broken, options)
  }

  [kAnswer] (): Answer {
    return issue('check', 'Value is not allowed', this.shown)
  }
}

/** A value is `null` that must not be: 422. */
export class NotNullViolation extends ConstraintViolation {
  readonly code = 'APIKIT_DB_NOT_NULL'
  constructor (broken: Broken, options?: ErrorOptions) {
    super('A value must not be null', broken, options)
  }

  [kAnswer] (): Answer {
    return issue('missing', 'Field required', this.shown)
  }
}

/** Why a database cannot hold a value, or do with it what a statement says. */
export type ValueFault = 'out_of_range' | 'too_long' | 'invalid_character' | 'invalid_value'

const FAULTS: Readonly<Record<ValueFault, string>> = {
  out_of_range: 'Value is out of range',
  too_long: 'Value is too long',
  invalid_character: 'Value has a character that cannot be stored',
  invalid_value: 'Value is not valid'
}

/**
 * A value that the database cannot hold, or that makes no sense where it stands: 422. Schemas of columns refuse most of them
 * before; those of a `where`, and of schemas of your own, come here.
 */
export class ValueViolation extends ConstraintViolation {
  readonly code = 'APIKIT_DB_VALUE'
  /** What is wrong with it. */
  readonly fault: ValueFault

  constructor (broken: Broken, fault: ValueFault, options?: ErrorOptions) {
    super(FAULTS[fault], broken, options)
    this.fault = fault
  }

  [kAnswer] (): Answer {
    const { fault, shown } = this
    // Of a value that goes into no column nobody knows from which part of the request it is.
    return issue(fault, FAULTS[fault], shown, shown.length === 0 ? [] : ['body'])
  }
}

const RETRY = { status: 503, body: { detail: 'Service Unavailable' }, headers: { 'retry-after': '1' } } as const

/**
 * Two transactions could not both be done as if one came after the other, or waited for each other: this one was
 * undone and may be tried again. 503 with `retry-after`.
 */
export class SerializationFailure extends DatabaseError {
  static readonly status: number = RETRY.status
  readonly code = 'APIKIT_DB_SERIALIZATION'

  override [kAnswer] (): Answer {
    return RETRY
  }
}

/** The database is away, is starting, or has no connection free in time. 503 with `retry-after`. */
export class DatabaseUnavailable extends DatabaseError {
  static readonly status: number = RETRY.status
  readonly code = 'APIKIT_DB_UNAVAILABLE'

  override [kAnswer] (): Answer {
    return RETRY
  }
}

/**
 * The database gave a statement up: it took longer than `statementTimeout`, or somebody cancelled it. 504, without
 * `retry-after`: the same statement would take as long again.
 */
export class QueryCanceled extends DatabaseError {
  readonly code = 'APIKIT_DB_CANCELED'
  static readonly status: number = 504
  static readonly schema: TSchema = Detail('QueryCanceled', 'Gateway Timeout')
  /** Whether it took too long; else somebody has cancelled it. */
  readonly timedOut: boolean

  constructor (timedOut: boolean, options?: ErrorOptions) {
    super(timedOut ? 'The statement took longer than statementTimeout' : 'The statement was cancelled', options)
    this.timedOut = timedOut
  }

  [kAnswer] (): Answer {
    return { status: 504, body: { detail: 'Gateway Timeout' } }
  }
}
