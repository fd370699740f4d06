/**
 * Questions of one worker to the others of its app. They go by the primary process, which passes them on.
 *
 * @module
 */

import { workersOf } from './workers.ts'

/** Messages between a worker and the primary. All have a field `apikit`, since the app may send others. */
export type Talk =
  /** A worker asks all others. */
  | { readonly apikit: 'ask', readonly id: number, readonly topic: string }
  /** So many were asked. */
  | { readonly apikit: 'asked', readonly id: number, readonly count: number }
  | { readonly apikit: 'question', readonly id: number, readonly topic: string, readonly from: number }
  /** `to` is that which has asked. */
  | { readonly apikit: 'answer', readonly id: number, readonly to: number, readonly index: number, readonly text: string }

/** What another worker has said. */
export interface Answer {
  /** Of the worker. */
  readonly index: number
  readonly text: string
}

interface Asking {
  readonly answers: Answer[]
  readonly over: () => void
  count: number
}

const asking = new Map<number, Asking>()
const answering = new Map<string, () => Promise<string>>()
let asked = 0

/** Answers the questions of the other workers. Returns how to stop it. */
export function answerOtherWorkers (topic: string, answer: () => Promise<string>): () => void {
  listen()
  answering.set(topic, answer)
  return () => { if (answering.get(topic) === answer) answering.delete(topic) }
}

/** Asks the other workers. Resolves to the answers that have come when all have answered, or after so many milliseconds. */
export async function askOtherWorkers (topic: string, patience: number): Promise<Answer[]> {
  const id = asked++
  const { promise, resolve: over } = Promise.withResolvers<void>()
  const mine: Asking = { answers: [], over, count: Infinity }
  asking.set(id, mine)
  const timer = setTimeout(over, patience)
  if (!send({ apikit: 'ask', id, topic })) over()
  await promise
  clearTimeout(timer)
  asking.delete(id)
  return mine.answers
}

let isListening = false

function listen (): void {
  if (isListening) return
  isListening = true
  process.on('message', message => { hear(Object(message)) })
}

function hear (message: Talk): void {
  if (message.apikit === 'question') return reply(message)
  if (message.apikit !== 'asked' && message.apikit !== 'answer') return
  // It may be late.
  const mine = asking.get(message.id)
  if (mine === undefined) return
  if (message.apikit === 'asked') mine.count = message.count
  else mine.answers.push(message)
  if (mine.answers.length >= mine.count) mine.over()
}

/** A topic that this worker does not know, or cannot answer, has the answer of nothing: the one that asks need not wait. */
function reply ({ id, topic, from }: Talk & { apikit: 'question' }): void {
  const answer = answering.get(topic) ?? (async () => '')
  const index = Number(workersOf()?.index)
  answer().catch(() => '').then(text => { send({ apikit: 'answer', id, to: from, index, text }) })
}

/** Returns whether there is somebody to hear it: the primary may have ended. */
function send (message: Talk): boolean {
  if (process.send === undefined || !process.connected) return false
  process.send(message, undefined, undefined, () => {})
  return true
}
