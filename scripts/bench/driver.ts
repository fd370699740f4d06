/**
 * The load generator of a duel: makes requests over keep-alive connections when it is asked.
 *
 * @module
 */

import { connect } from 'node:net'
import { Answers, CONNECTIONS, type Load, requestOf } from './wire.ts'

/** A question to this process. */
export interface Drive {
  readonly port: number
  readonly load: Load
  /** Requests over all connections. */
  readonly requests: number
}

/** @param takeTurn returns whether there is another request to make */
async function connection ({ port, load }: Drive, takeTurn: () => boolean): Promise<void> {
  const request = requestOf(load)
  const answers = new Answers(load.status)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const next = (): void => {
    if (takeTurn()) socket.write(request)
    else resolve()
  }
  socket.on('connect', next).on('error', reject).on('close', () => { reject(new Error('The app closed a connection')) })
  socket.on('data', chunk => {
    try {
      if (answers.take(chunk)) next()
    } catch (error) {
      reject(error)
    }
  })
  await promise.finally(() => { socket.destroy() })
}

process.on('message', async (drive: Drive) => {
  let left = drive.requests
  await Promise.all(Array.from({ length: CONNECTIONS }, () => connection(drive, () => left-- > 0)))
  process.send?.('done')
})
process.send?.('ready')
