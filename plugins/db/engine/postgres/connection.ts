/**
 * One connection to PostgreSQL: its statements, and its transaction.
 *
 * @module
 */

import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, FieldDef, PoolClient, QueryArrayConfig, QueryArrayResult, QueryConfig } from 'pg'
import { SerialQueue } from '../../../core/serial-queue.ts'
import type { Connection, HoldSettings } from '../driver.ts'
import { encodeObject } from '../encode.ts'
import { APIKIT_ERR_ABORTED_COMMIT } from '../../errors.ts'
import type { Filled } from '../parameter.ts'
import { isRead } from '../reads.ts'
import { readRelations } from '../relation.ts'
import { cancelStatement } from './cancel.ts'
import { isAway, isStale } from './errors.ts'
import { portal } from './portal.ts'
import type { PostgresRows } from './rows.ts'

/** A statement before has failed. */
const ABORTED = '25P02'

/** Types of result, read as text: what we make of it depends on the field. */
const RAW = { getTypeParser: () => (text: unknown) => text }

/** What the connections of a database share. */
export interface Shared {
  readonly namedStatements: boolean
  readonly statementTimeout: number
  readonly translate: (error: unknown, query?: CompiledQuery) => unknown
  readonly rows: PostgresRows
  /** Counts what made the statements that the server keeps useless: tables that have changed. */
  age: number
  /** What those who hold a connection do when it breaks: pg's pool waits for them to give it back. */
  readonly holders: WeakMap<ClientBase, () => void>
}

/** The server's own limit comes first; this one is for a server that is gone without a word. */
function limit ({ statementTimeout }: Pick<Shared, 'statementTimeout'>, patient: boolean): { query_timeout?: number } {
  return !patient && statementTimeout > 0 ? { query_timeout: statementTimeout + 1000 } : {}
}

/** Sends SQL without values. */
export async function send (client: PoolClient, shared: Pick<Shared, 'statementTimeout'>, text: string, patient = false): Promise<{ readonly command: string }> {
  return client.query({ text, ...limit(shared, patient) } as QueryConfig)
}

async function rowsFrom (client: PoolClient, shared: Shared, text: string, patient: boolean): Promise<Array<Record<string, unknown>>> {
  return (await client.query<Record<string, unknown>>({ text, ...limit(shared, patient) } as QueryConfig)).rows
}

/** @throws APIKIT_ERR_STORED_VALUE for what the type of its column does not have in TypeScript */
async function readRows<R> ({ query, sql }: CompiledQuery | Filled, rowsOf: PostgresRows, fields: readonly FieldDef[], rows: ReadonlyArray<readonly unknown[]>, ask: (sql: string) => Promise<Array<Record<string, unknown>>>): Promise<R[]> {
  if (rowsOf.mustLearn) await rowsOf.learn(fields, ask)
  try {
    return readRelations(query, rows.map(rowsOf.reader(sql, fields) as never), rowsOf.cellDecoder)
  } catch (error) {
    throw await rowsOf.unreadable(error, ask)
  }
}

/** @param patient the statement takes the time that it takes */
export async function run<R> (client: PoolClient, shared: Shared, query: CompiledQuery | Filled, patient = false): Promise<QueryResult<R>> {
  const { rows: rowsOf, namedStatements, age } = shared
  const { sql, parameters } = query
  const isNamed = namedStatements && 'name' in query
  const answer = await client.query<unknown[]>({
    text: sql,
    ...isNamed && { name: `${query.name}_${age}` },
    values: parameters.map(encode),
    rowMode: 'array',
    types: RAW,
    ...limit(shared, patient)
  } as QueryArrayConfig) as QueryArrayResult<unknown[]> | Array<QueryArrayResult<unknown[]>>
  // Several statements in one text have a result each.
  const result = Array.isArray(answer) ? answer[0] as QueryArrayResult<unknown[]> : answer
  const { command, rowCount, rows, fields } = result
  const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
  return {
    rows: rows.length === 0 ? [] : await readRows<R>(query, rowsOf, fields, rows, text => rowsFrom(client, shared, text, patient)),
    ...isWrite && { numAffectedRows: BigInt(Number(rowCount)) }
  }
}

/** A connection that is one caller's. */
export function held (client: PoolClient, shared: Shared, { maintenance, alone, statements }: Pick<Required<HoldSettings>, 'maintenance' | 'alone' | 'statements'>): Connection {
  const { rows: rowsOf, translate, holders } = shared
  const queue = new SerialQueue()
  let broken: Error | boolean = false
  let isHeld = true
  const attempt = async <T>(work: () => Promise<T>, query?: CompiledQuery): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (isAway(error)) broken = true
      if (isStale(error)) shared.age++
      throw translate(error, query)
    }
  }
  const cancel = (): Promise<void> => cancelStatement(client)
  const execute = <R>(query: CompiledQuery): Promise<QueryResult<R>> => attempt(() => {
    const work = (): Promise<QueryResult<R>> => queue.run(() => run<R>(client, shared, query, maintenance))
    return statements === undefined ? work() : statements.run(cancel, work)
  }, query)
  const watched = (done: Promise<void>): Promise<void> => statements === undefined ? done : statements.run(cancel, () => done)
  const command = (text: string) => queue.run(() => send(client, shared, text, maintenance))
  let inTransaction = false
  const connection: Connection = {
    executeQuery: execute,
    async * streamQuery<R> (query: CompiledQuery, size: number) {
      if (!isRead(query, 'postgres')) {
        yield await execute<R>(query)
        return
      }
      const isOwn = !inTransaction
      if (isOwn) await connection.begin({})
      try {
        const values = query.parameters.map(encode)
        const { query_timeout: timeout = 0 } = limit(shared, maintenance)
        const batches = portal(client, queue, { text: query.sql, values }, { size, timeout, watched: done => attempt(() => watched(done), query) })
        for await (const { fields, rows } of batches) {
          const read = await attempt(async () => {
            return readRows<R>(query, rowsOf, fields, rows, text => queue.run(() => rowsFrom(client, shared, text, maintenance)))
          }, query)
          yield { rows: read }
        }
      } finally {
        // Nothing was written.
        if (isOwn) await connection.rollback()
      }
    },
    begin: ({ isolationLevel, accessMode }) => attempt(async () => {
      inTransaction = true
      // In one message: the server's limits hold from the first word on.
      const unlimited = maintenance ? '; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0' : ''
      await command(`begin${isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`}${accessMode === undefined ? '' : ` ${accessMode}`}${unlimited}`)
    }),
    prepareCommit: () => attempt(async () => {
      await command('set constraints all immediate').catch((error: unknown) => { throw Object(error).code === ABORTED ? new APIKIT_ERR_ABORTED_COMMIT() : error })
    }),
    commit: () => attempt(async () => {
      inTransaction = false
      const done = await command('commit')
      if (done.command === 'ROLLBACK') throw new APIKIT_ERR_ABORTED_COMMIT()
    }),
    async rollback () {
      inTransaction = false
      if (broken !== false) return
      try {
        await command('rollback')
      } catch {
        // A connection that is closed rolls back.
        broken = true
      }
    },
    release () {
      if (!isHeld) return
      isHeld = false
      holders.delete(client)
      client.release(broken === false ? alone : broken)
    }
  }
  holders.set(client, () => {
    broken = true
    connection.release()
  })
  return connection
}

function encode (value: unknown): unknown {
  // A list that goes into no JSON column is a PostgreSQL array, which pg writes.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? encodeObject(value) ?? value : value
}
