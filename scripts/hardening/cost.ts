/**
 * What inputs cost: `npm run hardening -- cost [--repeats 5]`.
 *
 * Each kind of schema is sent inputs of 1 kB to 1 MB that are made to cost much, and so is plain Fastify with an equivalent
 * schema. The time may grow no more than the input, and be no more than 20 times that of plain Fastify (for each member of a
 * union that the other has as one object). Times are CPU time.
 *
 * @module
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import { forms } from '../../plugins/forms/index.ts'
import { responseModel } from '../../plugins/response-model/index.ts'
import { validation } from '../../plugins/validation/index.ts'
import { COST_CASES, type CostCase, MEGABYTE } from './cost-cases.ts'
import { BOUNDARY, MULTIPART_CASES } from './cost-multipart.ts'
import { RESPONSE_CASES } from './cost-responses.ts'
import { suite } from './suite.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000]
const MOST_TIMES = 20
/** For ten times the input: code gets hot, memory fills up. */
const MOST_GROWTH = 50
/** What takes no more than so many times plain Fastify's time grows as that does: by the memory that values take. */
const MOST_BESIDE = 4
/** What takes less cannot be told from what else the machine does. */
const NOTICED = 50

interface Trial {
  readonly status: number
  /** The least of several. */
  readonly milliseconds: number
}

async function serverOf (one: CostCase, isOurs: boolean): Promise<FastifyInstance> {
  const { part, schema, plain, shared, kind, decode = () => 'ok' } = one
  const app = Fastify({ bodyLimit: 2_000_000 })
  if (!isOurs) for (const one of shared) app.addSchema(one)
  if (part === 'response') {
    if (isOurs) await app.register(responseModel)
    // A model checks what it writes, and fast-json-stringify does not: there Ajv does.
    app.post('/', { schema: isOurs ? { response: { 200: schema } } : { body: plain, response: { 200: plain } } }, async request => request.body)
  } else {
    if (isOurs) {
      await app.register(validation)
      await app.register(forms)
    } else if (part === 'multipart') {
      await app.register(multipart, { attachFieldsToBody: 'keyValues', limits: { fields: Infinity, parts: Infinity, fieldSize: MEGABYTE } })
    } else {
      await app.register(kind.includes('form') ? formbody : cookie)
    }
    const name = part === 'multipart' ? 'body' : !isOurs && part === 'cookies' ? 'headers' : part
    app.route({ method: name === 'body' ? 'POST' : 'GET', url: '/', schema: { [name]: isOurs ? schema : plain }, handler: async request => isOurs ? 'ok' : decode(request.body) })
  }
  await app.ready()
  return app
}

function requestOf ({ part, kind }: CostCase, text: string): InjectOptions {
  const post = (type: string): InjectOptions => ({ method: 'POST', url: '/', payload: text, headers: { 'content-type': type } })
  switch (part) {
    case 'body': return post(kind.includes('form') ? 'application/x-www-form-urlencoded' : 'application/json')
    case 'response': return post('application/json')
    case 'multipart': return post(`multipart/form-data; boundary=${BOUNDARY}`)
    case 'querystring': return { url: `/?${text}` }
    case 'cookies': return { url: '/', headers: { cookie: text } }
    case 'headers': return { url: '/', headers: Object.fromEntries(text.split('\n').map(line => line.split(': '))) }
  }
}

setFlagsFromString('--expose-gc')
/** What others have left is not collected in the time of a request. */
const collect = runInNewContext('gc') as () => void

async function time (app: FastifyInstance, request: InjectOptions, repeats: number): Promise<Trial> {
  let [status, milliseconds] = [0, Infinity]
  collect()
  for (let i = 0; i < repeats; i++) {
    const before = process.cpuUsage()
    status = (await app.inject(request)).statusCode
    const { user, system } = process.cpuUsage(before)
    milliseconds = Math.min(milliseconds, (user + system) / 1000)
    // What takes seconds need not be tried often.
    if (milliseconds > 2000 && i > 0) break
  }
  return { status, milliseconds }
}

/** Prints a line; returns what is wrong. */
async function compare (one: CostCase, repeats: number): Promise<string[]> {
  const [ours, plain] = await Promise.all([serverOf(one, true), serverOf(one, false)])
  const sizes = SIZES.filter(size => size <= one.most)
  const trials: Trial[] = []
  const wrong: string[] = []
  const most = MOST_TIMES * (one.members ?? 1)
  let ratio = 0
  for (const size of sizes) {
    const request = requestOf(one, one.make(size))
    // What is made when it is first needed, and code that is not hot yet, is not what an attack can repeat.
    await Promise.all([ours, plain].map(async app => await app.inject(request)))
    const [own, other] = [await time(ours, request, repeats), await time(plain, request, repeats)]
    const before = trials.at(-1)
    const growth = before === undefined ? 0 : own.milliseconds / before.milliseconds
    trials.push(own)
    ratio = own.milliseconds / other.milliseconds
    // An answer that does not fit its model is a fault of the server.
    if (own.status >= 500 && one.part !== 'response') wrong.push(`${size} bytes: status ${own.status}`)
    if (own.milliseconds > NOTICED && ratio > most) wrong.push(`${size} bytes: ${ratio.toFixed(0)} × plain Fastify`)
    if (own.milliseconds > NOTICED && growth > MOST_GROWTH && ratio > MOST_BESIDE) {
      wrong.push(`${size} bytes: ${growth.toFixed(0)} × the time of a tenth`)
      break
    }
  }
  await Promise.all([ours.close(), plain.close()])
  const cells = SIZES.map((_size, index) => trials[index]?.milliseconds.toFixed(1) ?? '')
  console.log(`| ${one.kind} | ${one.input} | ${trials.at(-1)?.status} | ${cells.join(' | ')} | ${ratio.toFixed(1)} | ${wrong.length === 0 ? 'ok' : `**${wrong.join(', ')}**`} |`)
  return wrong.map(what => `${one.kind}, ${one.input}: ${what}`)
}

export const cost = suite('What inputs of every kind of schema cost, beside plain Fastify', {
  repeats: { about: 'Requests of each size', default: 5 }
}, async ({ repeats }) => {
  console.log('Milliseconds of CPU for a request of so many bytes, and how many times those of plain Fastify the largest takes.\n')
  console.log('| Schema | Input | Status | 1 kB | 10 kB | 100 kB | 1 MB | × | |')
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
  const wrong: string[] = []
  for (const one of [...COST_CASES, ...MULTIPART_CASES, ...RESPONSE_CASES]) wrong.push(...await compare(one, repeats))
  return wrong
})
