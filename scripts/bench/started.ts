/**
 * The process of a start: `node --expose-gc started.ts <module> <routes>` builds an app once and tells what that took.
 *
 * @module
 */

import { pathToFileURL } from 'node:url'

/** A module in `apps/` that builds an app of so many routes, until it is ready. */
export type Build = (routes: number) => Promise<unknown>

/** What a start took. */
export interface Start {
  /** From `Fastify()` to `ready()`; loading the modules is not in it. */
  readonly milliseconds: number
  /** Megabytes of the process, as they are at `ready()`. */
  readonly resident: number
  /** Megabytes of JavaScript, after garbage collection. */
  readonly heap: number
}

const MEGABYTE = 1e6

const [, , module, routes] = process.argv
const { default: build }: { default: Build } = await import(pathToFileURL(String(module)).href)
const began = performance.now()
const app = await build(Number(routes))
const milliseconds = performance.now() - began
const resident = process.memoryUsage.rss() / MEGABYTE
globalThis.gc?.()
const heap = process.memoryUsage().heapUsed / MEGABYTE
process.send?.({ milliseconds, resident, heap } satisfies Start, () => { process.exit(app === null ? 1 : 0) })
