/**
 * A connection in the hands of users.
 *
 * @module
 */

import type { CompiledQuery } from 'kysely'
import { APIKIT_ERR_STREAM_CLOSED } from '../errors.ts'
import type { Connection } from './driver.ts'
import { OpenStreams } from './streams.ts'
import { refuseTransactionWords } from './transaction-words.ts'

const ENDED = 'its transaction was committed or rolled back'

/** The same connection: SQL cannot end its transaction, streams end with it, and it is given back without any. */
export function guarded (connection: Connection): Connection {
  const streams = new OpenStreams()
  const close = (): Promise<void> => streams.close(new APIKIT_ERR_STREAM_CLOSED(ENDED))
  return {
    ...connection,
    async executeQuery<R> (query: CompiledQuery) {
      refuseTransactionWords(query)
      return connection.executeQuery<R>(query)
    },
    streamQuery (query, size) {
      refuseTransactionWords(query)
      return streams.track(connection.streamQuery(query, size))
    },
    async commit () {
      if (!streams.isEmpty) await close()
      await connection.commit()
    },
    async rollback () {
      if (!streams.isEmpty) await close()
      await connection.rollback()
    },
    release () {
      if (streams.isEmpty) connection.release()
      else close().finally(() => { connection.release() })
    }
  }
}
