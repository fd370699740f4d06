/**
 * The database of the suite `fleet`: of its own, behind a proxy that can be gone.
 *
 * @module
 */

import pg from 'pg'
import { run, SERVER } from '../db/databases.ts'
import { Proxy } from '../db/proxy.ts'
import { JOBS } from './app.ts'
import type { Findings } from './verdict.ts'

const MINUTE = 60_000

export class FleetDatabase {
  readonly proxy: Proxy
  readonly #name = `hardening_fleet_${process.pid}`
  readonly #server = new URL(SERVER)
  #client: pg.Client | undefined

  constructor () {
    this.proxy = new Proxy({ host: this.#server.hostname, port: Number(this.#server.port || 5432) })
  }

  async open (): Promise<void> {
    await this.proxy.start()
    await run(`create database ${this.#name}`)
    this.#client = new pg.Client({ connectionString: this.#at(this.#server.host) })
    await this.#client.connect()
  }

  /** Through the proxy. */
  get url (): string {
    return this.#at(`127.0.0.1:${this.proxy.port}`)
  }

  async close (): Promise<void> {
    await this.#client?.end()
    await this.proxy.stop()
    await run(`drop database if exists ${this.#name} with (force)`)
  }

  async numbers (table: 'writes' | 'orders' | 'runs'): Promise<number[]> {
    return (await this.#query<{ nr: number }>(`select nr from ${table}`)).map(({ nr }) => nr)
  }

  async tickedMinutes (): Promise<Findings['ticks']> {
    return (await this.#query<{ at: Date, runs: number }>(`select created_on as at, (select count(*)::int from ticks where ticks.job = scheduled.id::text) as runs from ${JOBS}.job as scheduled where name = 'tick'`))
      .map(({ at, runs }) => ({ minute: Math.floor(at.getTime() / MINUTE), late: at.getTime() % MINUTE, runs }))
  }

  async #query<R> (sql: string): Promise<R[]> {
    return (await this.#client?.query(sql))?.rows ?? []
  }

  #at (host: string): string {
    const url = new URL(this.#server)
    url.host = host
    url.pathname = `/${this.#name}`
    return url.href
  }
}
