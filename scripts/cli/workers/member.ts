/**
 * One of several processes that serve an app: it says when it listens, and ends when it is told to.
 *
 * @module
 */

import cluster, { type Worker } from 'node:cluster'
import { announceDrain, declareWorkers, lead, type Workers } from '../../../plugins/core/workers.ts'
import { Connections } from './connections.ts'
import { isMessage, MEMBER } from './messages.ts'
import { eachServer } from './servers.ts'

/** Milliseconds for which connections are served that do not become quiet, before the app closes. */
const PATIENCE = 5000

/** Makes this process one of several. Call it before the app is loaded. */
export function joinWorkers (): void {
  const declared: Workers = JSON.parse(String(process.env[MEMBER]))
  Reflect.deleteProperty(process.env, MEMBER) // not for processes that the app starts
  declareWorkers(declared)
  const connections = new Connections()
  let isClosing = false
  let alive: NodeJS.Timeout | undefined
  eachServer(server => {
    // Loggers of Pino have it; a logger of the app's own may be another.
    Reflect.get(server.log, 'setBindings')?.call(server.log, { worker: declared.index })
    server.addHook('onListen', async () => { process.send?.({ apikit: 'ready' }) })
    server.addHook('preClose', async () => {
      isClosing = true
      clearInterval(alive)
      connections.drain()
    })
  })

  process.on('message', async message => {
    if (isMessage(message, 'lead')) lead()
    if (!isMessage(message, 'drain') || isClosing) return
    announceDrain()
    connections.drain()
    // No new connections: the others get them.
    ;(cluster.worker as Worker).disconnect()
    // Nothing else may keep the process. Were it to end by itself, the signal would be a second one, which exits at once.
    alive = setInterval(() => {}, PATIENCE)
    await connections.quiet(PATIENCE)
    // The whole group may have been told.
    if (!isClosing) process.kill(process.pid, 'SIGTERM')
  })
}

/** For a process that serves an app alone: connections end behind their responses once it closes. */
export function drainAlone (): void {
  const connections = new Connections()
  eachServer(server => { server.addHook('preClose', async () => { connections.drain() }) })
}
