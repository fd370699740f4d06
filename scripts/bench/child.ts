/**
 * Processes of the bench: each variant runs in one of its own and is asked over IPC.
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Runs a module of the bench in a fresh process, and returns it with its first message. */
export async function start<Message> (module: string, args: readonly string[], execArgv: readonly string[] = []): Promise<{ child: ChildProcess, message: Message }> {
  const child = fork(module, args, { execArgv: [...execArgv], env: { ...process.env, NODE_ENV: 'production' } })
  return { child, message: await answer<Message>(child, module) }
}

/** Sends a question and returns the answer. */
export async function ask<Message> (child: ChildProcess, question: string): Promise<Message> {
  const answered = answer<Message>(child, question)
  child.send(question)
  return answered
}

async function answer<Message> (child: ChildProcess, what: string): Promise<Message> {
  const control = new AbortController()
  const died = once(child, 'exit', { signal: control.signal }).then(([code]) => { throw new Error(`${what}: the process ended with ${code}`) })
  const [message] = await Promise.race([once(child, 'message', { signal: control.signal }), died])
    .finally(() => { died.catch(() => {}); control.abort() })
  return message
}

/** Ends a process that `start` began. */
export async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
