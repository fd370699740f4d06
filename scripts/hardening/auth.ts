/**
 * Attacks the login and the tokens of the reference app, over a socket:
 * `npm run hardening -- auth [--tries 200] [--lines 1000]`.
 *
 * No forged token passes; how long a refusal takes does not tell which users exist, whatever made their hashes; no password,
 * no hash and no token is logged or answered; a stranger's body is not read; a flood of logins holds nobody else up.
 *
 * @module
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import app, { options } from '../../app.ts'
import { dependency } from '../../plugins/dependencies/index.ts'
import { InvalidToken, verified } from '../../plugins/jwt/index.ts'
import { oauth2PasswordBearer } from '../../plugins/security/index.ts'
import { users } from '../../routes/security/users.ts'
import { forgeries, rsa, secret } from './forgeries.ts'
import { loginFlood } from './logins/flood.ts'
import { olderHashes } from './logins/older-hashes.ts'
import { suite } from './suite.ts'
import type { Row } from './web/row.ts'

/** Means of answers to unknown and to known users may differ by this much. */
const MOST_DIFFERENCE = 0.1

const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token' }))

interface Target {
  readonly origin: string
  readonly server: FastifyInstance
  /** All that was logged, at the level at which everything is. */
  readonly logged: string[]
}

export const auth = suite('Forged tokens, user enumeration, secrets in logs and answers, large bodies of strangers, a flood of logins', {
  tries: { about: 'Logins for each kind of user', default: 200 },
  lines: { about: 'Log lines to search for secrets', default: 1000 }
}, async ({ tries, lines }) => {
  const target = await open()
  try {
    return [
      ...await forged(target),
      ...await enumerated(target, tries),
      ...told(await olderHashes(target, Math.ceil(tries / 4))),
      ...await leaked(target, lines),
      ...await unread(target),
      ...told(await loginFlood())
    ]
  } finally {
    await target.server.close()
  }
})

async function open (): Promise<Target> {
  const logged: string[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { logged.push(String(chunk)); done() } })
  const server = Fastify({ ...options, logger: { level: 'trace', stream } })
  await server.register(app, {
    env: {}, envFile: null, settings: { databaseUrl: 'sqlite::memory:', jwt: { keys: [{ kid: 'a', algorithm: 'HS256', secret }, { kid: 'b', algorithm: 'RS256', publicKey: rsa.publicKey }] } }
  })
  let bodies = 0
  server.addContentTypeParser('application/x-counted', (_request, payload, done) => {
    payload.on('data', () => { bodies++ })
    payload.on('end', () => done(null, ''))
  })
  server.post('/closed', { config: { depends: [dependency({ needs: { claims } }, () => true)] } }, async () => 'read')
  server.get('/bodies', async () => bodies)
  // By the keys of the app; the tutorial's users have one of their own.
  server.get('/john', { config: { depends: { claims } } }, async ({ deps: { claims: { sub } } }) => {
    if (sub !== 'johndoe') throw new InvalidToken('subject')
    return sub
  })
  return { origin: await server.listen({ host: '127.0.0.1', port: 0 }), server, logged }
}

function told ({ promise, figure, wrong }: Row): readonly string[] {
  console.log(`${promise}: ${figure}`)
  return wrong
}

async function me ({ origin }: Target, token: string, path = '/security/users/me'): Promise<{ status: number, text: string }> {
  const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, text: await response.text() }
}

async function login ({ origin }: Target, username: string, password: string): Promise<{ status: number, text: string }> {
  const response = await fetch(`${origin}/security/token`, { method: 'POST', body: new URLSearchParams({ username, password }) })
  return { status: response.status, text: await response.text() }
}

/** All of them, twice: what was refused once is not let in for being known. */
async function forged (target: Target): Promise<string[]> {
  const good = target.server.tokens.sign({ sub: 'johndoe' })
  const tokens = forgeries(good)
  const passed: string[] = []
  for (const round of [1, 2]) {
    for (const [name, token] of tokens) {
      const { status } = await me(target, token, '/john')
      if (status !== 401) passed.push(`a forged token, ${name}, was answered ${status} in round ${round}`)
    }
  }
  const control = (await me(target, good, '/john')).status
  console.log(`forged tokens: ${passed.length} of ${tokens.size} pass, in two rounds; a good one is answered ${control}`)
  return control === 200 ? passed : [...passed, `a good token is answered ${control}`]
}

async function enumerated (target: Target, tries: number): Promise<string[]> {
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
  const answers = new Set<string>()
  for (let i = -5; i < tries; i++) {
    // In turns, and each of them as often first.
    for (const kind of i % 2 === 0 ? ['known', 'unknown'] as const : ['unknown', 'known'] as const) {
      const before = performance.now()
      const { status, text } = await login(target, kind === 'known' ? 'johndoe' : `nobody-${i}`, `wrong-${i}`)
      if (i >= 0) times[kind].push(performance.now() - before)
      answers.add(`${status} ${text}`)
    }
  }
  const [known, unknown] = [mean(times.known), mean(times.unknown)]
  const difference = Math.abs(known - unknown) / Math.min(known, unknown)
  console.log(`user enumeration: ${tries} tries each, means ${known.toFixed(1)} ms (known) and ${unknown.toFixed(1)} ms (unknown) differ by ${(difference * 100).toFixed(1)} %; ${answers.size} kind of answer`)
  return [
    ...difference > MOST_DIFFERENCE ? [`the means of the answers to known and to unknown users differ by ${(difference * 100).toFixed(1)} %`] : [],
    ...answers.size === 1 ? [] : [`there are ${answers.size} kinds of answers to a wrong login`]
  ]
}

async function leaked (target: Target, lines: number): Promise<string[]> {
  const answers: string[] = []
  const secrets = new Set([...users.values()].map(({ hashedPassword }) => hashedPassword))
  let tries = 0
  target.logged.length = 0
  while (target.logged.length < lines) {
    const password = `hunter2-${tries++}`
    secrets.add(password)
    for (const username of ['johndoe', 'nobody', 'alice']) answers.push((await login(target, username, password)).text)
    // Where a name, a number or a list is asked for, too.
    answers.push(await (await fetch(`${target.origin}/security/token`, { method: 'POST', body: new URLSearchParams([['password', password], ['grant_type', 'no']]) })).text())
    answers.push(await (await fetch(`${target.origin}/security/token`, { method: 'POST', body: `{"username":"johndoe","password":"${password}"`, headers: { 'content-type': 'application/json' } })).text())
    const { access_token: token } = JSON.parse((await login(target, 'johndoe', 'secret')).text)
    secrets.add(token).add(token.split('.')[2])
    answers.push((await me(target, token)).text, (await me(target, `${token}x`)).text)
  }
  const log = target.logged.join('')
  const count = (text: string): number => [...secrets].filter(secret => text.includes(secret)).length
  const [inLog, inAnswers] = [count(log), count(answers.join('\n'))]
  console.log(`secrets: ${secrets.size} passwords, hashes and tokens; ${inLog} of them in ${target.logged.length} logged lines at level trace, ${inAnswers} in ${answers.length} answers`)
  return [...inLog === 0 ? [] : [`${inLog} secrets were logged`], ...inAnswers === 0 ? [] : [`${inAnswers} secrets were answered`]]
}

/** Ten strangers, each of whom announces 100 MB and waits for an answer after the first of them. */
async function unread ({ origin }: Target): Promise<string[]> {
  const { port } = new URL(origin)
  const statuses: string[] = []
  for (let i = 0; i < 10; i++) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`POST /closed HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-counted\r\ncontent-length: 100000000\r\n\r\n${'x'.repeat(1000)}`)
    const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(5000) })
    statuses.push(String(answer).slice(9, 12))
    socket.destroy()
  }
  const read = Number(await (await fetch(`${origin}/bodies`)).text())
  const refused = statuses.filter(status => status === '401').length
  console.log(`bodies of strangers: ${refused} of ${statuses.length} refused while the body is on its way, ${read} chunks of them parsed`)
  return refused === statuses.length && read === 0 ? [] : [`${statuses.length - refused} strangers were not refused at once, ${read} chunks of their bodies were parsed`]
}

function mean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
