/**
 * Payloads in the pages of templates, and cookies of requests from other sites, in a real browser.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { Browser } from 'playwright-core'
import templates from '../../../plugins/templates/index.ts'
import { PAYLOADS } from './payloads.ts'
import { counted, type Row } from './row.ts'

// In text, in attributes of both quotes, in a title, in a script. No Content-Security-Policy helps.
const PAGE = `<!DOCTYPE html><title>{{ text }}</title>
<p id="text">{{ text }}</p>
<input id="double" value="{{ text }}" title="{{ text }}"><input id="single" value='{{ text }}'>
<textarea id="area">{{ text }}</textarea>
<script>window.data = {{ { text: text } | tojson }}</script>`

/** What the page has become. */
interface Shown {
  readonly text: string
  readonly double: string
  readonly single: string
  readonly data: string
  readonly elements: number
}

const SHOWN = `({
  text: document.getElementById('text').textContent,
  double: document.querySelector('#double').getAttribute('value'),
  single: document.querySelector('#single').getAttribute('value'),
  data: window.data.text,
  elements: document.body.querySelectorAll('*').length
})`

export async function payloads (browser: Browser): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), 'hardening-'))
  writeFileSync(join(root, 'index.html'), PAGE)
  const app = Fastify()
  await app.register(templates, { root, cache: true })
  app.get<{ Querystring: { text: string } }>('/', async ({ query }, reply) => await reply.view('index.html', query))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })

  const wrong: string[] = []
  const page = await browser.newPage()
  const ran: string[] = []
  let now = ''
  await page.exposeFunction('ran', () => { ran.push(now) })
  for (now of PAYLOADS) {
    await page.goto(`${origin}/?text=${encodeURIComponent(now)}`, { waitUntil: 'load' })
    const shown = await page.evaluate<Shown>(SHOWN)
    const plain = now.replaceAll(/\r\n?/g, '\n')
    if (shown.text !== plain || shown.double !== plain || shown.single !== plain || shown.data !== now || shown.elements !== 5) wrong.push(`${now}: shown as ${JSON.stringify(shown)}`)
  }
  await page.waitForTimeout(200)
  await page.close()
  await app.close()
  rmSync(root, { recursive: true })
  return counted('what users send is shown as text', PAYLOADS.length, 'payloads run, or are shown as something else', [...wrong, ...ran.map(payload => `${payload} ran`)])
}

/** Documented: a cookie of `SameSite=Lax` does not come with what another site posts. */
export async function crossSitePosts (browser: Browser): Promise<Row> {
  const bank = Fastify()
  bank.addContentTypeParser('*', async () => null)
  const cookies: string[] = []
  bank.get('/login', async (_request, reply) => reply.header('set-cookie', ['session=1; SameSite=Lax; HttpOnly; Path=/', 'strict=1; SameSite=Strict; HttpOnly; Path=/']).send('in'))
  bank.post('/pay', async request => { cookies.push(request.headers.cookie ?? ''); return 'paid' })
  const theirs = `${await bank.listen({ port: 0, host: '127.0.0.1' })}`
  const evil = Fastify()
  evil.get('/', async (_request, reply) => reply.type('text/html').send(`<form method=post action="${theirs}/pay"><input name=to value=me></form>`))
  const { port } = new URL(await evil.listen({ port: 0, host: '127.0.0.1' }))

  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${theirs}/login`)
  await page.evaluate("fetch('/pay', { method: 'POST' }).then(answer => answer.status)")
  const own = cookies.splice(0)
  const attacks = [
    async () => { await Promise.all([page.waitForURL('**/pay'), page.evaluate("document.querySelector('form').submit()")]) },
    async () => { await page.evaluate(`fetch('${theirs}/pay', { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(() => 0)`) },
    async () => { await page.evaluate(`navigator.sendBeacon('${theirs}/pay', 'x')`); await page.waitForTimeout(200) }
  ]
  for (const attack of attacks) {
    // `localhost` is another site than `127.0.0.1`.
    await page.goto(`http://localhost:${port}/`)
    await attack()
  }
  await context.close()
  await Promise.all([bank.close(), evil.close()])
  const wrong = cookies.filter(cookie => cookie !== '').map(cookie => `a request from another site carried ${cookie}`)
  if (!own.join().includes('session=1')) wrong.push('the site itself lost its cookie')
  return counted('CSRF: SameSite cookies stay at home (documented in templates)', attacks.length, 'posts of another site carry one', wrong)
}
