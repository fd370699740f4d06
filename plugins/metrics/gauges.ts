/**
 * What other plugins know, asked at each scrape: pools of databases, queues, subscriptions, sockets.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Gauge as GaugeOf, Registry } from 'prom-client'
import { registrations } from '../core/registry.ts'
import type { Client } from './client.ts'

/** How many values of one gauge are made one, in a cluster. Each process counts its own, but all of them see one queue. */
type Aggregator = 'sum' | 'max'

class Gauges {
  readonly #app: FastifyInstance
  readonly #client: Client
  readonly #registry: Registry

  constructor (app: FastifyInstance, client: Client, registry: Registry) {
    this.#app = app
    this.#client = client
    this.#registry = registry
  }

  /** @param read Fills the gauge. If it fails, the gauge is empty, and the others are read. */
  add<Label extends string> (name: string, help: string, labelNames: Label[], read: (gauge: GaugeOf<Label>) => void | Promise<void>, aggregator: Aggregator = 'sum'): void {
    const { log } = this.#app
    this.#registry.registerMetric(new this.#client.Gauge<Label>({
      name,
      help,
      labelNames,
      aggregator,
      registers: [],
      async collect () {
        this.reset()
        try {
          await read(this)
        } catch (error) {
          this.reset()
          log.warn({ err: error, metric: name }, 'a metric could not be read')
        }
      }
    }))
  }
}

/** Adds the gauges of those plugins that an app has, when all are registered. */
export function addGauges (app: FastifyInstance, client: Client, registry: Registry): void {
  const gauges = new Gauges(app, client, registry)
  const [tasks, broadcasts, sockets] = [scopesWith(app, 'tasks'), scopesWith(app, 'broadcast'), scopesWith(app, 'websocket')]
  if (scopesWith(app, 'db').length > 0) addPools(app, gauges)
  if (tasks.length > 0) addQueue(tasks, gauges)
  if (broadcasts.length > 0) {
    gauges.add('broadcast_subscriptions', 'Open subscriptions of this process.', [], gauge => { for (const { broadcast } of broadcasts) gauge.inc(broadcast.subscriptions) })
    gauges.add('broadcast_connected', 'Number of connections by which messages get through at present.', [], gauge => { for (const { broadcast } of broadcasts) gauge.inc(Number(broadcast.isConnected)) })
  }
  if (sockets.length > 0) {
    gauges.add('websockets_open', 'Open WebSockets of this process.', [], gauge => { for (const scope of sockets) gauge.inc((scope as WithSockets).websocketServer.clients.size) })
  }
}

function addPools (app: FastifyInstance, gauges: Gauges): void {
  const pools = async () => {
    // Here, since it needs kysely.
    const { databasesOf } = await import('../db/index.ts')
    return databasesOf(app).flatMap(({ database }) => database.pools)
  }
  gauges.add('db_pool_connections', 'Connections of pools.', ['database', 'role', 'state'], async gauge => {
    for (const { database, role, total, idle } of await pools()) {
      gauge.inc({ database, role, state: 'idle' }, idle)
      gauge.inc({ database, role, state: 'used' }, total - idle)
    }
  })
  gauges.add('db_pool_connections_max', 'Maximum number of connections of pools.', ['database', 'role'], async gauge => {
    for (const { database, role, max } of await pools()) gauge.inc({ database, role }, max)
  })
  gauges.add('db_pool_waiting', 'Sessions and statements that wait for a connection.', ['database', 'role'], async gauge => {
    for (const { database, role, waiting } of await pools()) gauge.inc({ database, role }, waiting)
  })
}

/** Of `@fastify/websocket`. */
type WithSockets = FastifyInstance & { readonly websocketServer: { readonly clients: ReadonlySet<unknown> } }

function addQueue (scopes: readonly FastifyInstance[], gauges: Gauges): void {
  gauges.add('tasks_jobs', 'Jobs of durable tasks, by state.', ['task', 'state'], async gauge => {
    for (const { tasks } of scopes) {
      for (const [task, counts] of Object.entries(await tasks.countsByTask())) for (const [state, count] of Object.entries(counts)) gauge.inc({ task, state }, count)
    }
  }, 'max')
}

function scopesWith (app: FastifyInstance, name: string): FastifyInstance[] {
  return [...new Set(registrations(app).filter(({ plugin }) => plugin === name).map(({ scope }) => scope))]
}
