import { existsSync } from 'node:fs'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import { Type } from '@sinclair/typebox'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import app, { options } from '../../app.ts'
import docs from '../../plugins/docs/index.ts'
import validation from '../../plugins/validation/index.ts'
import { launch, noBrowser } from '../browser.ts'
import { bare } from '../helper.ts'

const screenshots = join(import.meta.dirname, '..', 'screenshots')

/** Kept to be looked at; they are taken anew where they are missing, and with `SCREENSHOTS=1`. */
async function shoot (page: Page, name: string): Promise<void> {
  const path = join(screenshots, `${name}.png`)
  if (process.env.SCREENSHOTS !== undefined || !existsSync(path)) await page.screenshot({ path })
}

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

/** What a page did that it should not. */
interface Complaints {
  /** Requests to others. */
  readonly strangers: string[]
  /** Errors in the console, among them what a Content-Security-Policy refused. */
  readonly errors: string[]
}

const clean: Complaints = { strangers: [], errors: [] }

t.test('the pages in a browser', { skip: noBrowser }, async t => {
  t.setTimeout(120_000) // a browser on a busy machine
  const browser = await launch(t)

  async function open (t: Test, viewport = DESKTOP): Promise<{ page: Page, complaints: Complaints }> {
    const page = await browser.newPage({ viewport })
    t.teardown(() => page.close())
    const complaints: Complaints = { strangers: [], errors: [] }
    page.on('request', request => {
      const { protocol, hostname } = new URL(request.url())
      if (!['data:', 'blob:'].includes(protocol) && hostname !== '127.0.0.1') complaints.strangers.push(request.url())
    })
    page.on('console', message => { if (message.type() === 'error') complaints.errors.push(message.text()) })
    page.on('pageerror', error => { complaints.errors.push(String(error)) })
    return { page, complaints }
  }

  // The reference app, under helmet's own headers.
  const server = bare(t, options)
  await server.register(helmet)
  await server.register(app, { env: {}, envFile: null, settings: { databaseUrl: 'sqlite::memory:', rateLimit: { max: null }, underPressure: { maxEventLoopDelay: 0 } } })
  const origin = await server.listen({ port: 0, host: '127.0.0.1' })
  const operations = Object.values(Object(server.swagger().paths)).flatMap(methods => Object.values<{ tags?: string[] }>(Object(methods)))
  const tags = [...new Set(operations.flatMap(({ tags = [] }) => tags))]
  t.ok(tags.length > 0)

  t.test('Swagger UI shows the reference app, and tries it out', async t => {
    const { page, complaints } = await open(t)

    t.test('every tag is listed', async t => {
      await page.goto(`${origin}/docs`)
      await page.waitForSelector('.opblock-tag')
      const shown = await page.locator('.opblock-tag').evaluateAll(headings => headings.map(heading => heading.getAttribute('data-tag')))
      t.same(tags.filter(tag => !shown.includes(tag)), [])
      await shoot(page, 'docs')
    })

    t.test('an operation is tried out, and answers', async t => {
      const operation = page.locator('.opblock', { has: page.locator('[data-path="/request/items/single/"]') })
      await operation.locator('.opblock-summary-control').click()
      await operation.locator('button.try-out__btn').click()
      await operation.locator('textarea.body-param__text').fill('{"name":"pen","price":"2.5"}')
      await operation.locator('button.execute').click()
      await operation.locator('.live-responses-table .response-col_status').filter({ hasText: '200' }).waitFor()
      t.match(await operation.locator('.live-responses-table .highlight-code').first().innerText(), /"price": 2.5/)
      await operation.scrollIntoViewIfNeeded()
      await shoot(page, 'docs-tried-out')
    })

    t.test('nothing was asked of others, and nothing was refused', async t => { t.same(complaints, clean) })
  })

  t.test('Swagger UI fits on a phone', async t => {
    const { page, complaints } = await open(t, PHONE)
    await page.goto(`${origin}/docs`)
    await page.waitForSelector('.opblock-tag')
    t.ok(await page.evaluate('document.documentElement.scrollWidth') as number <= PHONE.width, 'it does not scroll sideways')
    await shoot(page, 'docs-phone')
    t.same(complaints, clean)
  })

  t.test('ReDoc shows the reference app', async t => {
    const { page, complaints } = await open(t)
    await page.goto(`${origin}/redoc`)
    await page.waitForSelector('[role=navigation] li, .menu-content li')
    const menu = await page.locator('.menu-content').innerText()
    t.same(tags.filter(tag => !menu.toLowerCase().includes(tag.toLowerCase())), [])
    await shoot(page, 'redoc')

    await page.locator('.menu-content input').fill('Index Weights')
    await page.locator('[data-role="search:results"]').filter({ hasText: 'Create Index Weights' }).waitFor()

    await page.setViewportSize(PHONE)
    await shoot(page, 'redoc-phone')
    t.same(complaints, clean)
  })

  t.test('the pages work behind a proxy that takes a prefix off, below a prefix of their own', async t => {
    const server = bare(t, { rewriteUrl: ({ url = '' }) => url.replace(/^\/proxied/, '') })
    await server.register(helmet)
    await server.register(async scope => {
      await scope.register(validation)
      await scope.register(docs, { rootPath: '/proxied', mounted: true })
      scope.get('/items/:id', { schema: { tags: ['items'], summary: 'Read Item', params: Type.Object({ id: Type.Integer() }) } }, async ({ params }) => params)
    }, { prefix: '/v1' })
    const origin = await server.listen({ port: 0, host: '127.0.0.1' })
    const { page, complaints } = await open(t)

    await page.goto(`${origin}/proxied/v1/docs`)
    const operation = page.locator('.opblock').first()
    await operation.locator('.opblock-summary-control').click()
    await operation.locator('button.try-out__btn').click()
    await operation.locator('tr[data-param-name=id] input').fill('7')
    await operation.locator('button.execute').click()
    await operation.locator('.live-responses-table .response-col_status').filter({ hasText: '200' }).waitFor()
    t.equal(await operation.locator('.request-url pre').innerText(), `${origin}/proxied/v1/items/7`)

    await page.goto(`${origin}/proxied/v1/redoc`)
    await page.locator('.menu-content').filter({ hasText: 'items' }).waitFor()
    t.same(complaints, clean)
  })
})
