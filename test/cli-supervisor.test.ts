import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import t from 'tap'
import { Supervisor } from '../scripts/cli/workers/supervisor.ts'

/** A worker that does nothing by itself. */
class Fake extends EventEmitter {
  static #count = 0
  readonly id = ++Fake.#count
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

/** Only what workers say to each other. */
const talk = ({ heard }: Fake): string[] => heard.filter(word => ['question', 'asked', 'answer'].includes(word))

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

t.test('a question of a worker goes to the others that listen and stay, and an answer to that which has asked', async t => {
  const { supervisor, workers, code, at } = await running()
  const [first, second] = [at(0), at(1)]
  for (const other of [null, 'text', {}]) first.emit('message', other)
  first.emit('message', { apikit: 'ask', id: 1, topic: 'metrics' })
  t.same([talk(first), talk(second)], [['asked'], ['question']])
  second.emit('message', { apikit: 'answer', id: 1, to: first.id, index: 2, text: '' })
  t.same([talk(first), talk(second)], [['asked', 'answer'], ['question']])

  supervisor.roll()
  t.equal(workers.length, 3)
  second.emit('message', { apikit: 'ask', id: 1, topic: 'metrics' })
  t.same(talk(at(2)), [], 'it does not listen yet')
  at(2).listen()
  await setImmediate()
  second.emit('message', { apikit: 'ask', id: 2, topic: 'metrics' })
  t.same([talk(first), talk(at(2))], [['asked', 'answer', 'question'], ['question']], 'the first is replaced')
  first.isConnected = () => false
  second.emit('message', { apikit: 'answer', id: 1, to: first.id, index: 2, text: '' })
  t.equal(talk(first).length, 3, 'it has gone')
  supervisor.stop()
  for (const worker of workers) worker.exit(0)
  t.equal(await code, 0)
})
