/**
 * Attacks forms, over a socket: `npm run hardening -- forms [--aborts 1000] [--megabytes 1024]`.
 *
 * Forms made to cost more than they are worth are answered in little time and memory; whatever a field is called,
 * no prototype changes; of uploads that are broken off no file is left; a large file passes without being kept.
 *
 * @module
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Measured } from './forms-server.ts'
import { suite } from './suite.ts'

const MB = 1024 * 1024
/** Most that the memory may grow, at its peak, while a large file passes. */
const MOST_PASSING = 64 * MB
/** The same under attack: less than the form itself may be. */
const MOST_MEMORY = 100 * MB
/** CPU milliseconds of the server for a megabyte of an attack. */
const MOST_CPU = 50

const START = '--B\r\n'
const END = '--B--\r\n'
const part = (head: string, content = ''): string => `${START}${head}\r\n\r\n${content}\r\n`
const named = (name: string): string => `Content-Disposition: form-data; name="${name}"`
const MULTIPART = 'multipart/form-data; boundary=B'
const URLENCODED = 'application/x-www-form-urlencoded'

interface Attack {
  readonly name: string
  readonly type?: string
  /** Sent chunk by chunk, as far as the server reads. */
  readonly body: Iterable<string>
  readonly status: number
  /** Fastify itself refuses it, and closes the connection on a client that is still sending. */
  readonly mayBeClosed?: boolean
}

function * repeated (text: string, megabytes: number, end = ''): Generator<string> {
  const chunk = text.repeat(Math.ceil(65_536 / text.length))
  for (let size = 0; size < megabytes * MB; size += chunk.length) yield chunk
  yield end
}

function * behind (head: string, rest: Iterable<string>): Generator<string> {
  yield head
  yield * rest
}

const ATTACKS: readonly Attack[] = [
  { name: 'parts without end', body: repeated(part(named('a')), 20), status: 400 },
  { name: 'files without end', body: repeated(part(`${named('f')}; filename="a"`), 20), status: 400 },
  { name: 'parts without a name', body: repeated(part('Content-Disposition: form-data'), 20), status: 400 },
  { name: 'parts that are no form-data', body: repeated(part('X: 1'), 20), status: 400 },
  { name: 'a name of a megabyte', body: [part(named('a'.repeat(MB)), 'x'), END], status: 400 },
  { name: 'a file name of a megabyte', body: [part(`${named('f')}; filename="${'a'.repeat(MB)}"`, 'x'), END], status: 400 },
  { name: 'parameters without end', body: [part(`${named('a')}${';'.repeat(15_000)}`, 'x'), END], status: 200 },
  { name: '900 empty parts', body: [part(named('a')).repeat(900), END], status: 200 },
  { name: 'line ends without end', body: repeated('\r\n', 200), status: 413 },
  { name: 'a header without end', body: behind(`${START}X: `, repeated('x', 200)), status: 413 },
  { name: 'headers without end', body: behind(START, repeated('X: 1\r\n', 200)), status: 413 },
  { name: 'a field without end', body: behind(`${START}${named('a')}\r\n\r\n`, repeated('x', 200)), status: 400 },
  { name: 'a file without end', body: behind(`${START}${named('f')}; filename="a"\r\n\r\n`, repeated('x', 200)), status: 413 },
  { name: 'a file of beginnings of the delimiter', body: behind(`${START}${named('f')}; filename="a"\r\n\r\n`, repeated('\r\n--', 20, `\r\n${END}`)), status: 200 },
  { name: 'a file of line ends', body: behind(`${START}${named('f')}; filename="a"\r\n\r\n`, repeated('\r\n', 20, `\r\n${END}`)), status: 200 },
  { name: 'a preamble without end', body: repeated('x', 200), status: 400 },
  { name: 'an epilogue of 20 MB', body: behind(part(named('a'), 'x') + END, repeated('x', 20)), status: 200 },
  { name: 'no boundary', type: 'multipart/form-data', body: repeated('x', 200), status: 400 },
  { name: 'a boundary of 8 kB', type: `multipart/form-data; boundary=${'b'.repeat(8000)}`, body: repeated('x', 200), status: 400 },
  { name: 'JSON of [ in a part', body: [part(named('o'), '['.repeat(MB - 10)), END], status: 422 },
  { name: 'JSON of {"a": in a part', body: [part(`${named('o')}\r\nContent-Type: application/json`, '{"a":'.repeat(100_000)), END], status: 422 },
  { name: 'urlencoded: & and nothing else', type: URLENCODED, body: ['&'.repeat(MB - 1)], status: 200 },
  { name: 'urlencoded: fields without end', type: URLENCODED, body: ['a&'.repeat(MB / 2 - 1)], status: 400 },
  { name: 'urlencoded: bad escapes', type: URLENCODED, body: [`a=${'%'.repeat(MB - 10)}`], status: 200 },
  { name: 'urlencoded: more than bodyLimit', type: URLENCODED, body: repeated('x', 200), status: 413, mayBeClosed: true }
]

const NAMES = ['__proto__', '__proto__[isAdmin]', '__proto__.isAdmin', 'constructor', 'constructor[prototype][isAdmin]', 'constructor.prototype.isAdmin', 'toString', 'hasOwnProperty', 'valueOf']
/** Refused as in a body of JSON, by the server's `onProtoPoisoning`. */
const POISON = ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}', '{"a":{"__proto__":{"isAdmin":true}}}']

const POLLUTIONS: readonly Attack[] = [
  ...NAMES.flatMap(name => [
    { name: `urlencoded ${name}`, type: URLENCODED, body: [`${encodeURIComponent(name)}=true&${encodeURIComponent(name)}=false`], status: 200 },
    { name: `multipart ${name}`, body: [part(named(name), 'true') + part(named(name), 'false') + END], status: 200 },
    { name: `file ${name}`, body: [part(`${named(name)}; filename="a"`, 'true') + END], status: 200 }
  ]),
  ...POISON.map(json => ({ name: `JSON ${json}`, body: [part(`${named('o')}\r\nContent-Type: application/json`, json) + END], status: 400 }))
]

class Target {
  readonly #child: ReturnType<typeof fork>
  readonly directory = mkdtempSync(join(tmpdir(), 'hardening-'))
  port = 0

  constructor () {
    this.#child = fork(join(import.meta.dirname, 'forms-server.ts'), [this.directory], { execArgv: ['--expose-gc'] })
  }

  async ready (): Promise<this> {
    const [port] = await once(this.#child, 'message')
    this.port = Number(port)
    await this.ask()
    return this
  }

  async ask (): Promise<Measured> {
    this.#child.send('?')
    const [measured] = await once(this.#child, 'message')
    return measured as Measured
  }

  close (): void {
    this.#child.disconnect()
    rmSync(this.directory, { recursive: true })
  }

  open (path: string, type: string): ClientRequest {
    return request({ port: this.port, method: 'POST', path, agent: false, headers: { 'content-type': type } })
  }

  /** The answer; what was not read of the request is broken off. */
  async send (path: string, type: string, body: Iterable<string | Buffer>): Promise<{ status: number, text: string, sent: number }> {
    const outgoing = this.open(path, type)
    let sent = 0
    let answered = false
    const answer = new Promise<{ status: number, text: string }>((resolve, reject) => {
      outgoing.on('error', reject)
      outgoing.once('response', async incoming => {
        answered = true
        let text = ''
        for await (const chunk of incoming) text += String(chunk)
        resolve({ status: Number(incoming.statusCode), text })
      })
    })
    const counted = function * (): Generator<string | Buffer> {
      for (const chunk of body) {
        if (answered) return
        sent += chunk.length
        yield chunk
      }
    }
    await Promise.race([pipeline(Readable.from(counted()), outgoing).catch(() => {}), answer.catch(() => {})])
    return { ...await answer.catch(error => ({ status: 0, text: String(error) })), sent }
  }
}

const figure = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`

async function attack (target: Target, { name, type = MULTIPART, body, status, mayBeClosed = false }: Attack): Promise<string[]> {
  const before = await target.ask()
  const answer = await target.send('/form', type, body)
  const { peak, cpu, failures, polluted } = await target.ask()
  const growth = Math.max(0, peak - before.rss)
  const mostCpu = MOST_CPU * Math.max(2, answer.sent / MB)
  const wrong = [
    ...answer.status === status || (mayBeClosed && answer.status === 0) ? [] : [`status ${answer.status}, not ${status}`],
    ...growth > MOST_MEMORY ? [`memory ${figure(growth)}`] : [],
    ...cpu > mostCpu ? [`${cpu.toFixed(0)} ms of CPU`] : [],
    ...polluted ? ['a prototype is polluted'] : [],
    ...failures.slice(0, 1)
  ]
  console.log(`| ${name} | ${answer.status} | ${figure(answer.sent)} | ${cpu.toFixed(0)} | ${figure(growth)} | ${wrong.length === 0 ? 'ok' : `**${wrong.join(', ')}**`} |`)
  return wrong.map(what => `${name}: ${what}`)
}

/** Uploads that are broken off somewhere: in a head, in a file, before the end. */
async function abort (target: Target, count: number): Promise<string[]> {
  const bodies = [
    START, `${START}${named('f')}; filen`, part(`${named('f')}; filename="a"`, 'x'.repeat(100_000)), `${START}${named('f')}; filename="a"\r\n\r\n${'x'.repeat(200_000)}`
  ]
  let started = 0
  const one = async (): Promise<void> => {
    while (started < count) {
      const body = String(bodies[started++ % bodies.length])
      const outgoing = target.open('/form', MULTIPART)
      outgoing.on('error', () => {})
      await new Promise(resolve => { outgoing.write(body, resolve) })
      await new Promise(resolve => { setTimeout(resolve, started % 5) })
      outgoing.destroy()
    }
  }
  await Promise.all(Array.from({ length: 20 }, one))
  let { open, failures } = await target.ask()
  // The last of them may still be on their way to the disk.
  for (let i = 0; i < 200 && open > 0; i++) {
    await new Promise(resolve => { setTimeout(resolve, 50) })
    ;({ open } = await target.ask())
  }
  const named_ = readdirSync(target.directory).length
  console.log(`\n${count} uploads broken off: ${open} open files, ${named_} files in the folder`)
  return [...open + named_ > 0 ? [`${open + named_} files are left of ${count} broken uploads`] : [], ...failures.slice(0, 1)]
}

async function upload (target: Target, path: string, megabytes: number): Promise<string[]> {
  const chunk = Buffer.alloc(MB, 'x')
  const body = function * (): Generator<string | Buffer> {
    yield `${START}${named('f')}; filename="large"\r\n\r\n`
    for (let i = 0; i < megabytes; i++) yield chunk
    yield `\r\n${END}`
  }
  const before = await target.ask()
  const start = performance.now()
  const { status, text } = await target.send(path, MULTIPART, body())
  const seconds = (performance.now() - start) / 1000
  const { peak, open } = await target.ask()
  const growth = Math.max(0, peak - before.rss)
  const name = `${megabytes} MB ${path.slice(1)}`
  console.log(`${name}: ${status}, ${text} bytes, memory grew by ${figure(growth)} at most, ${(megabytes / seconds).toFixed(0)} MB/s, ${open} files left open`)
  return [
    ...status === 200 && Number(text) === megabytes * MB ? [] : [`${name}: ${status} ${text}`],
    ...growth > MOST_PASSING ? [`${name}: memory grew by ${figure(growth)}`] : [],
    ...open > 0 ? [`${name}: ${open} files are left`] : []
  ]
}

export const forms = suite('Broken and aborted uploads, bombs, a large file streamed, names that pollute prototypes', {
  aborts: { about: 'Uploads that are broken off', default: 1000 },
  megabytes: { about: 'Size of the large file', default: 1024 }
}, async ({ aborts, megabytes }) => {
  const target = await new Target().ready()
  const wrong: string[] = []
  console.log(`| Attack | Status | Sent | CPU ms (≤ ${MOST_CPU} a MB) | Memory (≤ ${figure(MOST_MEMORY)}) | |\n| --- | --- | --- | --- | --- | --- |`)
  for (const one of [...ATTACKS, ...POLLUTIONS]) wrong.push(...await attack(target, one))
  wrong.push(...await abort(target, aborts))
  wrong.push(...await upload(target, '/streamed', megabytes))
  wrong.push(...await upload(target, '/spooled', megabytes))
  target.close()
  return wrong
})
