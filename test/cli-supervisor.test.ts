import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import t, { type Test } from 'tap'
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

/** Time that passes by `tick()` alone. */
class Clock {
  #now = 0

  constructor (t: Test) {
    mock.timers.enable({ apis: ['setTimeout'] })
    t.teardown(() => { mock.timers.reset() })
    t.intercept(performance, 'now', { value: () => this.#now })
  }

  tick (milliseconds: number): void {
    this.#now += milliseconds
    mock.timers.tick(milliseconds)
  }
}

/** Two workers that listen, and what is logged: errors, delays before a worker is replaced, indexes of workers that listen. */
async function running () {
  const workers: Fake[] = []
  const errors: string[] = []
  const delays: number[] = []
  const listening: number[] = []
  const log = {
    info: ({ worker }: { readonly worker: number }, message: string) => { if (message === 'a worker listens') listening.push(worker) },
    debug () {},
    fatal () {},
    error: ({ delay }: { readonly delay?: number }, message: string) => {
      errors.push(message)
      if (delay !== undefined) delays.push(delay)
    }
  } as unknown as FastifyBaseLogger
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
  return { supervisor, workers, errors, delays, listening, code, at }
}

t.test('a message that misses a worker that has just ended does not end the primary', async t => {
  const { supervisor, code, at } = await running()
  t.equal(at(0).emit('error', new Error('write EPIPE')), true, 'somebody listens')
  supervisor.stop()
  at(0).exit(0)
  at(1).exit(0)
  t.equal(await code, 0)
})

t.test('a worker that listens on several ports is counted once', async t => {
  const { supervisor, listening, code, at } = await running()
  at(0).listen()
  t.equal(listening.length, 2)
  supervisor.stop()
  for (const index of [0, 1]) at(index).exit(0)
  t.equal(await code, 0)
})

t.test('the delay before a worker is replaced doubles, and begins again when one has run for a minute', async t => {
  const clock = new Clock(t)
  const { supervisor, delays, workers, code, at } = await running()
  at(1).exit(1)
  clock.tick(200)
  at(2).listen()
  at(2).exit(1)
  t.same(delays, [200, 400])
  clock.tick(400)
  at(3).listen()
  clock.tick(60_001)
  at(3).exit(1)
  t.same(delays, [200, 400, 200])
  supervisor.stop()
  at(0).exit(0)
  t.equal(await code, 0)
  t.equal(workers.length, 4)
})

t.test('workers that do not end in time are killed, which is an error', async t => {
  const clock = new Clock(t)
  const { supervisor, errors, code, at } = await running()
  supervisor.stop()
  at(0).exit(0)
  clock.tick(59_999)
  t.same(errors, [])
  clock.tick(1)
  t.same(errors, ['workers that have not ended in time are killed'])
  t.equal(at(1).heard.at(-1), 'SIGKILL')
  at(1).exit(null, 'SIGKILL')
  t.equal(await code, 1)
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
