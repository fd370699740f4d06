/**
 * The process of a growth: `node grown.ts <module> <count> …` asks apps of several sizes in turns, and tells the
 * microseconds of CPU time that a request takes in each, in the best of its rounds: the rest is what else the machine did.
 *
 * @module
 */

import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'

const ROUNDS = 60
const MILLISECONDS = 40

const [, , module, ...counts] = process.argv
const { default: build }: { default: (count: number) => Promise<FastifyInstance> } = await import(pathToFileURL(String(module)).href)

async function costOf (app: FastifyInstance): Promise<number> {
  const before = process.cpuUsage()
  const until = performance.now() + MILLISECONDS
  let requests = 0
  for (; performance.now() < until; requests++) await app.inject('/')
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

const apps = await Promise.all(counts.map(count => build(Number(count))))
const costs = apps.map(() => Infinity)
for (const [index, app] of apps.entries()) {
  const { statusCode, body } = await app.inject('/')
  if (statusCode !== 200) throw new Error(`${counts[index]}: ${statusCode} ${body}`)
}
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, app] of apps.entries()) costs[index] = Math.min(costs[index] ?? NaN, await costOf(app))
}
process.send?.(costs)
