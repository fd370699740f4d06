import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import t from 'tap'
import { Supervisor } from '../scripts/cli/workers/supervisor.ts'

/** A worker that does nothing by itself. */
class Fake extends EventEmitter {
  readonly index: number
  /** What it was told, and signals. */
  readonly heard: string[] = []
  readonly process = { pid: 1, kill: (signal: string) => { this.heard.push(signal) } }

  constructor (index: number) {
    super()
    this.index = index
  }

  isConnected (): boolean { return true }
  send ({ apikit }: { readonly apikit: string }): void { this.heard.push(apikit) }
  listen (): void { this.emit('message', { apikit: 'ready' }) }
  exit (code: number | null, signal: string | null = null): void { this.emit('exit', code, signal) }
}

/** Two workers that listen, and what is logged as an error. */
async function running () {
  const workers: Fake[] = []
  const errors: string[] = []
  const log = { info () {}, debug () {}, fatal () {}, error: (_what: unknown, message: string) => { errors.push(message) } } as unknown as FastifyBaseLogger
  const fork = (index: number): Worker => {
    const worker = new Fake(index)
    workers.push(worker)
    return worker as unknown as Worker
  }
  const supervisor = new Supervisor({ count: 2, log, killAfter: 60_000, fork })
  const code = supervisor.run()
  workers[0]?.listen()
  await setImmediate()
  workers[1]?.listen()
  const at = (index: number): Fake => workers[index] as Fake
  return { supervisor, workers, errors, code, at }
}

t.test('a message that misses a worker that has just ended does not end the primary', async t => {
  const { supervisor, code, at } = await running()
  t.equal(at(0).emit('error', new Error('write EPIPE')), true, 'somebody listens')
  supervisor.stop()
  at(0).exit(0)
  at(1).exit(0)
  t.equal(await code, 0)
})

t.test('told to end while a new worker starts, all end with 0, the new one by its signal', async t => {
  const { supervisor, workers, code, at } = await running()
  supervisor.roll()
  t.equal(workers.length, 3)
  supervisor.stop()
  t.same(workers.map(({ heard }) => heard.at(-1)), ['drain', 'drain', 'SIGTERM'])
  at(2).exit(null, 'SIGTERM')
  at(0).exit(0)
  at(1).exit(0)
  t.equal(await code, 0)
})

t.test('told to end while a worker that was replaced ends, no other one is started', async t => {
  const { supervisor, workers, code, at } = await running()
  supervisor.roll()
  at(2).listen()
  await setImmediate()
  t.equal(at(0).heard.at(-1), 'drain')
  supervisor.stop()
  at(0).exit(0)
  await setImmediate()
  t.equal(workers.length, 3)
  at(1).exit(0)
  at(2).exit(0)
  t.equal(await code, 0)
})

t.test('a worker that does not end as it should is said, and makes the exit code 1', async t => {
  const { supervisor, errors, code, at } = await running()
  supervisor.stop()
  at(0).exit(1)
  at(1).exit(0)
  t.equal(await code, 1)
  t.same(errors, ['a worker has not ended as it should'])
})
