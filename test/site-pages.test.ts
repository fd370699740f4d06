import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { launch, noBrowser } from './browser.ts'
import { build } from './helper.ts'

t.setTimeout(120_000)

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

/** All pages of the reference app, by the names of their screenshots. */
const PAGES: Readonly<Record<string, { path: string, ready?: (page: Page) => Promise<void> }>> = {
  home: { path: '/' },
  stream: { path: '/stream/', ready: page => page.getByText(/^1: /).waitFor() },
  chat: { path: '/chat/', ready: page => page.getByText(/^guest\d+: is here$/).first().waitFor() },
  forms: { path: '/forms/' },
  uploads: { path: '/uploads/' },
  tasks: { path: '/tasks/' },
  templates: { path: '/templates/data/hello' },
  login: {
    path: '/views/login',
    async ready (page) {
      await page.fill('[name=email]', 'ada@example.com')
      await page.click('button')
      await page.locator('[role=alert]').waitFor()
    }
  },
  users: { path: '/views/users' }
}

/** Users, and tasks with long texts. */
async function fill (app: FastifyInstance): Promise<void> {
  for (const name of ['ada', 'grace', `${'a-long-name-'.repeat(6)}x`]) {
    t.equal((await app.inject({ method: 'POST', url: '/database/users/', body: { email: `${name}@example.com`, password: 'secret' } })).statusCode, 200)
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const stone of ['a stone', 'x'.repeat(100)]) {
    t.equal((await app.inject({ method: 'POST', url: '/tasks/', headers, body: String(new URLSearchParams({ name: stone, task: 'stumble' })) })).statusCode, 303)
  }
  await app.tasks.drain()
}

/** Kept to be looked at, without the paths of the machine. */
async function shoot (page: Page, name: string): Promise<void> {
  await page.locator('pre.bad').evaluateAll(errors => { for (const error of errors) error.textContent = String(error.textContent).replace(/file:\/\/.*\//g, '') })
  await page.screenshot({ path: join(import.meta.dirname, 'screenshots', `${name}.png`) })
}

const unlabelled = `[...document.querySelectorAll('input, select, textarea, progress')]
  .filter(({ labels, ariaLabel }) => !ariaLabel && ![...labels].some(label => label.innerText.trim() !== ''))
  .map(element => element.outerHTML)`

const inline = "[...document.querySelectorAll('style, [style], script:not([src])')].map(element => element.outerHTML)"

t.test('the pages of the reference app', { skip: noBrowser }, async t => {
  const app = await build(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  await fill(app)
  const browser: Browser = await launch(t)
  const titles = new Set<string>()

  for (const [name, { path, ready }] of Object.entries(PAGES)) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      t.test(`${path} on a ${size}`, async t => {
        const page = await browser.newPage({ viewport, reducedMotion: 'reduce' })
        t.teardown(() => page.close())
        const complaints: string[] = []
        // The login form of this test is refused, which the browser reports.
        page.on('console', message => { if (message.type() === 'error' && !message.text().includes('status of 400')) complaints.push(message.text()) })
        page.on('pageerror', error => { complaints.push(String(error)) })
        page.on('requestfailed', request => { complaints.push(request.url()) })

        const response = await page.goto(origin + path)
        t.match(response?.headers(), { 'content-security-policy': /style-src 'self'/, 'content-type': /^text\/html/ })
        await ready?.(page)

        t.not(await page.title(), '')
        titles.add(await page.title())
        t.equal(await page.getAttribute('html', 'lang'), 'en')
        t.match(await page.getAttribute('meta[name=viewport]', 'content'), 'width=device-width')
        t.same(await page.locator('link[rel=stylesheet]').evaluateAll(links => links.map(link => new URL((link as unknown as { href: string }).href).pathname)), ['/assets/site.css'])
        t.same(await page.evaluate(unlabelled), [], 'every input has a label')
        t.same(await page.evaluate(inline), [], 'no inline style, no inline script')
        t.equal(await page.locator('h1').count(), 1)
        t.ok(await page.evaluate('document.documentElement.scrollWidth') as number <= viewport.width, 'it does not scroll sideways')
        if (process.env.SCREENSHOTS !== undefined) await shoot(page, `${name}-${size}`)

        for (const summary of await page.locator('summary').all()) await summary.click()
        t.ok(await page.evaluate('document.documentElement.scrollWidth') as number <= viewport.width, 'with the code open, neither')
        t.same(complaints, [])
      })
    }
  }

  t.test('each has a title of its own', async t => { t.equal(titles.size, Object.keys(PAGES).length) })

  t.test('no page is missing here', async t => {
    const listed = new Set(Object.values(PAGES).map(({ path }) => path))
    const { body } = await app.inject({ url: '/', headers: { accept: 'text/html' } })
    const found = [...body.matchAll(/>Open ([^<]+)</g)].map(([, path = '']) => path)
    t.same([...listed].filter(path => path !== '/').sort(), found.sort())
  })
})
