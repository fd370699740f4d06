/**
 * A connection in the hands of users.
 *
 * @module
 */

import type { CompiledQuery, QueryResult } from 'kysely'
import { APIKIT_ERR_STREAM_CLOSED } from '../errors.ts'
import type { Connection } from './driver.ts'
import type { Dialect } from '../tables/dialect.ts'
import { OpenStreams } from './streams.ts'
import { transactionRefusal } from './transaction-words.ts'

const ENDED = 'its transaction was committed or rolled back'

/** The same connection: SQL cannot end its transaction, streams end with it, and it is given back without any. */
export function guarded (connection: Connection, dialect: Dialect): Connection {
  let streams: OpenStreams | undefined
  const close = (open: OpenStreams): Promise<void> => open.close(new APIKIT_ERR_STREAM_CLOSED(ENDED))
  const after = async (open: OpenStreams, work: () => Promise<void>): Promise<void> => {
    await close(open)
    await work()
  }
  // Written out: copying properties takes longer than many a statement of SQLite.
  return {
    begin: connection.begin,
    prepareCommit: connection.prepareCommit,
    executeQuery<R> (query: CompiledQuery): Promise<QueryResult<R>> {
      const refusal = transactionRefusal(query, dialect)
      return refusal === undefined ? connection.executeQuery<R>(query) : Promise.reject(refusal)
    },
    streamQuery (query, size) {
      const refusal = transactionRefusal(query, dialect)
      if (refusal !== undefined) throw refusal
      return (streams ??= new OpenStreams()).track(connection.streamQuery(query, size))
    },
    commit: () => streams === undefined ? connection.commit() : after(streams, connection.commit),
    rollback: () => streams === undefined ? connection.rollback() : after(streams, connection.rollback),
    release () {
      if (streams === undefined || streams.isEmpty) connection.release()
      else close(streams).finally(connection.release)
    }
  }
}
