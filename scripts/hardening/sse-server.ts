/**
 * A stream of events for the suite `sse`, in a process of its own. It counts its generators, and says so when asked.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import responses, { sse } from '../../plugins/responses/index.ts'

/** What the server says of itself. */
export interface Counts {
  /** Generators that were begun, and those that are not over. */
  readonly begun: number
  readonly open: number
  /** Dependencies of them that are not closed. */
  readonly sessions: number
  /** Resident memory, in MB. */
  readonly rss: number
}

const Price = Type.Object({ name: Type.String(), price: Type.Number(), text: Type.String() })
const state = { begun: 0, open: 0, sessions: 0 }

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
for (const plugin of [errors, responseModel, dependencies, responses]) await app.register(plugin)

const session = dependency(async function * () {
  state.sessions++
  try { yield } finally { state.sessions-- }
})

app.get('/prices', { schema: { response: { 200: sse(Price) } }, config: { depends: [session] } }, async function * () {
  state.begun++
  state.open++
  try {
    for (;;) {
      yield { name: 'pen', price: Math.random(), text: 'x'.repeat(100) }
      await sleep(1000)
    }
  } finally {
    state.open--
  }
})

process.on('message', () => {
  process.send?.({ ...state, rss: process.memoryUsage().rss / 1e6 } satisfies Counts)
})
process.on('disconnect', () => { process.exit() })
const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
process.send?.(address.port)
