/**
 * Processes of the bench: each variant runs in one of its own and is asked over IPC.
 *
 * @module
 */

import { type ChildProcess, fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

export interface StartOptions {
  /** Options of Node. */
  readonly execArgv?: readonly string[]
  /** The core that the process is pinned to. Default: any. */
  readonly core?: number | undefined
}

/** Seconds to wait for an answer. The slowest one, on a busy machine, takes about a minute. */
const PATIENCE = 300

/** Runs a module of the bench in a fresh process, and returns it with its first message. */
export async function start<Message> (module: string, args: readonly string[], { execArgv = [], core }: StartOptions = {}): Promise<{ child: ChildProcess, message: Message }> {
  // Pinned from the start, so that the threads of V8 are too.
  const pinned = core === undefined ? { execArgv: [...execArgv] } : { execPath: 'taskset', execArgv: ['--cpu-list', String(core), process.execPath, ...execArgv] }
  const child = fork(module, args, { ...pinned, env: { ...process.env, NODE_ENV: 'production' } })
  return { child, message: await answer<Message>(child, 'start') }
}

/** Sends a question and returns the answer. */
export async function ask<Message> (child: ChildProcess, question: Serializable): Promise<Message> {
  const answered = answer<Message>(child, JSON.stringify(question))
  if (!hasEnded(child)) child.send(question)
  return answered
}

/** @throws {Error} when the process ends or does not answer in time */
async function answer<Message> (child: ChildProcess, question: string): Promise<Message> {
  const fail = (what: string): never => { throw new Error(`${child.spawnargs.join(' ')}\n${what} (asked: ${question})`) }
  if (hasEnded(child)) fail('has ended')
  const control = new AbortController()
  const { signal } = control
  const died = once(child, 'exit', { signal }).then(([code, killer]) => fail(`ended with ${code ?? killer}`))
  const late = setTimeout(PATIENCE * 1000, undefined, { signal }).then(() => fail(`did not answer within ${PATIENCE} s`))
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), died, late])
    return message
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    control.abort()
    for (const other of [died, late]) other.catch(() => {})
  }
}

/** Ends a process that `start` began. */
export async function stop (child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function hasEnded ({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
