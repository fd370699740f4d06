import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launch, noBrowser } from '../browser.ts'
import { build } from '../helper.ts'

/** Runs where it is taken for HTML, and is seen where it is text. */
const XSS = '"><img src=x onerror="document.title=\'cracked\'"><script>document.title=\'cracked\'</script>'

const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }

const ADA = { email: 'ada@example.com', password: 'a long password' }
const LISTED = 'listed@example.com'

/** With a name on the list, which is of the section database: who has an account is shown to nobody. */
async function addUser (app: FastifyInstance): Promise<void> {
  t.equal((await app.inject({ method: 'POST', url: '/account/users', body: ADA })).statusCode, 201)
  t.equal((await app.inject({ method: 'POST', url: '/database/users/', body: { ...ADA, email: LISTED } })).statusCode, 200)
}

t.test('the login page shows what is wrong, and leads to the list', async t => {
  const app = await build(t)
  await addUser(app)
  const post = (fields: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/views/login', headers: { ...urlencoded, host: 'shop.example' }, payload: String(new URLSearchParams(fields)) })

  t.match((await app.inject('/views/login')).body, 'action="http://localhost:80/views/login"')
  const missing = await post({ email: ADA.email, password: '' })
  t.equal(missing.statusCode, 400)
  t.match(missing.body, '<li>password: Field required</li>')
  t.match(missing.body, `value="${ADA.email}"`)
  t.match((await post({ email: 'x'.repeat(201), password: 'x' })).body, '<li>email: String should have at most 200 characters</li>')
  t.match((await post({ password: 'x' })).body, '<li>email: Field required</li>')
  for (const wrong of [{ email: 'nobody@example.com', password: ADA.password }, { email: ADA.email, password: 'another one' }]) {
    const { statusCode, body } = await post(wrong)
    t.equal(statusCode, 400)
    t.match(body, '<li>The address or the password is wrong.</li>')
  }

  for (const payload of ['', '{}', '[1]', '{"email":{"a":1}}']) {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/views/login', headers: { 'content-type': 'application/json' }, payload })
    t.equal(statusCode, 400, payload)
    t.match(body, '<li>email: Field required</li>')
  }

  const good = await post(ADA)
  t.same([good.statusCode, good.headers.location], [303, 'http://shop.example/views/users'])
  const list = (await app.inject('/views/users')).body
  t.match(list, `<li>${LISTED}</li>`)
  t.notMatch(list, ADA.email)
})

t.test('an upload is read while it comes', async t => {
  const app = await build(t)
  const form = new FormData()
  form.set('note', 'mine')
  form.set('file', new Blob(['content']), 'a.txt')
  const request = new Request('http://localhost/', { method: 'POST', body: form })
  const { json } = await app.inject({ method: 'POST', url: '/uploads/', headers: Object.fromEntries(request.headers), payload: Buffer.from(await request.arrayBuffer()) })
  t.same(json(), { filename: 'a.txt', note: 'mine', bytes: 7, sha256: createHash('sha256').update('content').digest('hex') })
})

t.test('in a browser', { skip: noBrowser }, async t => {
  const browser = await launch(t)

  /** The reference app, and a page that tells of every mistake. */
  async function open (t: Test): Promise<{ app: FastifyInstance, page: Page, origin: string, mistakes: string[] }> {
    const app = await build(t)
    await app.listen({ port: 0 })
    const page = await browser.newPage()
    const mistakes: string[] = []
    page.on('pageerror', error => { mistakes.push(error.message) })
    page.on('console', message => {
      // Answers that are no 200 are told, too: the refusals of this test, and a favicon that is not there.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) mistakes.push(message.text())
    })
    return { app, page, origin: `http://localhost:${(app.server.address() as AddressInfo).port}`, mistakes }
  }

  t.test('a form is filled and sent, and the answer is shown', async t => {
    const { page, origin } = await open(t)
    await page.goto(`${origin}/forms/`)
    await page.fill('[name=username]', XSS)
    await page.fill('[name=password]', 'secret')
    await page.click('button')
    await page.waitForURL('**/forms/user/')
    t.same(JSON.parse(await page.innerText('body')), { username: XSS, password: 'secret' })
    t.not(await page.title(), 'cracked')
  })

  t.test('what was typed comes back as text', async t => {
    const { app, page, origin, mistakes } = await open(t)
    await addUser(app)
    await page.goto(`${origin}/views/login`)
    for (const text of [XSS, '<b>x</b>"\'&']) {
      await page.fill('[name=email]', text)
      await page.fill('[name=password]', 'x')
      await page.click('button')
      await page.getByText('The address or the password is wrong.').waitFor()
      t.equal(await page.inputValue('[name=email]'), text)
      t.equal(await page.title(), 'Log in')
    }

    await page.fill('[name=email]', ADA.email)
    await page.fill('[name=password]', ADA.password)
    await page.click('button')
    await page.waitForURL('**/views/users')
    t.same(await page.locator('li').allInnerTexts(), [LISTED])
    t.same(mistakes, [])
  })

  t.test('an upload shows how far it is, and the answer as text', async t => {
    const { page, origin, mistakes } = await open(t)
    await page.goto(`${origin}/uploads/`)
    const network = await page.context().newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4_000_000 })
    await page.evaluate(`
      const bar = document.querySelector('progress')
      window.seen = []
      new MutationObserver(() => { seen.push(bar.value) }).observe(bar, { attributes: true })`)

    const name = '<img src=x onerror=alert(1)>.bin'
    await page.setInputFiles('[name=file]', { name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000, 'x') })
    await page.fill('[name=note]', XSS)
    await page.click('button')
    await page.locator('[role=status]').filter({ hasText: /./ }).waitFor()

    t.equal(await page.innerText('[role=status]'), `${name}: 3000000 bytes, ${XSS}`)
    const seen: number[] = await page.evaluate('seen')
    t.ok(seen.some(value => value > 0 && value < 100), `on its way: ${seen.join(', ')}`)
    t.same(seen, [...seen].sort((a, b) => a - b))
    t.equal(seen.at(-1), 100)
    t.equal(await page.title(), 'Upload')
    t.same(mistakes, [])
  })

  t.test('a refusal is shown, too', async t => {
    const { page, origin } = await open(t)
    await page.goto(`${origin}/uploads/`)
    await page.evaluate("document.querySelector('[name=note]').removeAttribute('maxlength')")
    await page.setInputFiles('[name=file]', { name: 'a', mimeType: 'text/plain', buffer: Buffer.from('x') })
    await page.fill('[name=note]', 'x'.repeat(201))
    await page.click('button')
    await page.locator('[role=status]').filter({ hasText: /./ }).waitFor()
    t.equal(await page.innerText('[role=status]'), 'note: String should have at most 200 characters')
  })
})

t.test('what other pages send to the forms of this app is refused', async t => {
  const app = await build(t)
  const forms = [['/tasks/', 'name=x&task=greet'], ['/tasks/1/remove', ''], ['/views/login', 'email=a&password=b'], ['/uploads/', 'note=x'], ['/forms/user/', 'username=a&password=b']] as const
  const foreign: ReadonlyArray<Record<string, string>> = [
    { origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'http://shop.example.evil.example' }, { origin: 'http://shop.example:8080' }, { origin: 'file://shop.example' }, { origin: '' },
    { origin: 'http://shop.example', 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'none' }, { origin: 'null', 'sec-fetch-site': 'same-origin' }
  ]
  const own: ReadonlyArray<Record<string, string>> = [{}, { origin: 'http://shop.example' }, { origin: 'https://shop.example', 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'same-origin' }]
  for (const [url, payload] of forms) {
    const post = async (headers: Record<string, string>) => (await app.inject({ method: 'POST', url, headers: { host: 'Shop.example', ...urlencoded, ...headers }, payload })).statusCode
    for (const headers of foreign) t.equal(await post(headers), 403, `${url} ${JSON.stringify(headers)}`)
    for (const headers of own) t.not(await post(headers), 403, `${url} ${JSON.stringify(headers)}`)
  }
  t.equal((await app.inject({ url: '/views/login', headers: { origin: 'https://evil.example' } })).statusCode, 200, 'who looks may come from anywhere')
})
