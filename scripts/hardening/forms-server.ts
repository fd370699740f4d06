/**
 * The server whose forms are attacked, in a process of its own: its memory is its own, too.
 *
 * @module
 */

import { readdirSync, readlinkSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import errors from '../../plugins/errors/index.ts'
import forms from '../../plugins/forms/index.ts'
import validation from '../../plugins/validation/index.ts'
import { File, Form, Nullable } from '../../plugins/types/index.ts'

/** What the parent is told when it asks. */
export interface Measured {
  /** Bytes resident now, and at most since the last question. */
  readonly rss: number
  readonly peak: number
  /** CPU milliseconds since the last question. */
  readonly cpu: number
  /** Uploads that are open, with or without a name. */
  readonly open: number
  readonly polluted: boolean
  /** What failed since the last question. */
  readonly failures: readonly string[]
}

const app = Fastify()
for (const plugin of [errors, validation]) await app.register(plugin)
// All on the disk, so that what is left behind would be seen.
await app.register(forms, { memory: 0, directory: String(process.argv[2]) })

let failures: string[] = []
app.addHook('onError', async (_request, _reply, error) => {
  if ((error.statusCode ?? 500) >= 500) failures.push(String(error))
})

const routes: FastifyPluginAsyncTypebox = async app => {
  app.post('/form', {
    schema: { body: Form({ a: Type.String({ default: '' }), o: Nullable(Type.Record(Type.String(), Type.Any()), { default: null }), f: Type.Array(File(), { default: [] }) }) }
  }, async ({ body: { f } }) => ({ files: f.length, isAdmin: Reflect.get({}, 'isAdmin') ?? false }))

  const large = { fileSize: 2 ** 31, total: 2 ** 31 }
  app.post('/spooled', { config: { forms: large }, schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => f.size)
  app.post('/streamed', { config: { forms: large }, schema: { body: Form({ f: File({ stream: true }) }) } }, async ({ body: { f } }) => {
    let size = 0
    for await (const chunk of f.stream()) size += chunk.length
    return size
  })
}
await app.register(routes)
await app.listen({ port: 0, host: '127.0.0.1' })

function openUploads (): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try { return readlinkSync(`/proc/self/fd/${fd}`).includes('/upload-') } catch { return false }
  }).length
}

let peak = 0
const sample = (): void => { peak = Math.max(peak, process.memoryUsage.rss()) }
setInterval(sample, 10)
let cpu = process.cpuUsage()

process.on('message', () => {
  globalThis.gc?.()
  sample()
  const { user, system } = process.cpuUsage(cpu)
  const measured: Measured = { rss: process.memoryUsage.rss(), peak, cpu: (user + system) / 1000, open: openUploads(), polluted: 'isAdmin' in {} || 'polluted' in {}, failures }
  ;[peak, cpu, failures] = [0, process.cpuUsage(), []]
  process.send?.(measured)
})
process.on('disconnect', () => process.exit())
process.send?.((app.server.address() as AddressInfo).port)
