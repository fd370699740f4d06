import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import forms from '../../plugins/forms/index.ts'
import jwt, { type Claims } from '../../plugins/jwt/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import securityPlugin from '../../plugins/security/index.ts'
import validation from '../../plugins/validation/index.ts'
import section from '../../routes/security/index.ts'
import { launch, noBrowser } from '../browser.ts'
import { bare, build } from '../helper.ts'

const app = await build(t)

const json = 'application/json'

/** The answer to a form sent to `/security/token`. */
async function login (app: FastifyInstance, form: Record<string, string>) {
  const { statusCode, headers, body } = await app.inject({
    method: 'POST', url: '/security/token', payload: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' }
  })
  return { status: statusCode, challenge: headers['www-authenticate'], body: JSON.parse(body) }
}

async function me (app: FastifyInstance, token: string) {
  const { statusCode, headers, body } = await app.inject({ url: '/security/users/me', headers: { authorization: `Bearer ${token}` } })
  return { status: statusCode, challenge: headers['www-authenticate'], body: JSON.parse(body) }
}

/** The section by itself, behind plugins with a key that is known here. */
async function tutorial (t: Test) {
  const server = bare(t)
  for (const plugin of [errors, validation, responseModel, dependencies, forms, securityPlugin]) await server.register(plugin)
  await server.register(jwt, { secret: 'a secret of a test, of 32 bytes or more' })
  await server.register(section, { prefix: '/security' })
  return (claims: Claims) => server.ready().then(() => me(server, server.tokens.sign(claims)))
}

t.test('who logs in is shown what is known of him, without his password', async t => {
  const { status, body: { access_token: token, ...rest } } = await login(app, { username: 'johndoe', password: 'secret' })
  t.same([status, rest], [200, { token_type: 'bearer' }])
  t.same(await me(app, token), {
    status: 200, challenge: undefined, body: { username: 'johndoe', email: 'johndoe@example.com', full_name: 'John Doe', disabled: false }
  })
  const { exp, sub } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
  t.equal(sub, 'johndoe')
  t.ok(Math.abs(Number(exp) - Date.now() / 1000 - 1800) < 10)
})

t.test('the key of the app signs nothing for users whose passwords everybody knows', async t => {
  const { body: { access_token: token } } = await login(app, { username: 'johndoe', password: 'secret' })
  await t.rejects(async () => app.tokens.verify(token), { code: 'signature' })
  t.equal((await app.inject({ url: '/account/me', headers: { authorization: `Bearer ${token}` } })).statusCode, 401)
  t.equal((await me(app, app.tokens.sign({ sub: 'johndoe' }))).status, 401)
})

t.test('a wrong password and an unknown user are one answer', async t => {
  const refused = { status: 401, challenge: 'Bearer', body: { detail: 'Incorrect username or password' } }
  for (const [username, password] of [['johndoe', 'wrong'], ['nobody', 'secret'], ['alice', 'secret'], ['__proto__', 'secret'], ['JohnDoe', 'secret']] as const) {
    t.same(await login(app, { username, password }), refused, username)
  }
})

t.test('a disabled user has a token, and no use of it', async t => {
  const { body: { access_token: token } } = await login(app, { username: 'alice', password: 'secret2' })
  t.same(await me(app, token), { status: 400, challenge: undefined, body: { detail: 'inactive user' } })
})

t.test('a token that is none, or of a user that is gone, is refused', async t => {
  const refused = { status: 401, challenge: 'Bearer', body: { detail: 'Could not validate credentials' } }
  const ghosts = await tutorial(t)
  for (const claims of [{ sub: 'ghost' }, {}]) t.same(await ghosts(claims), refused)
  t.same(await me(app, 'nope'), refused)
  t.equal((await app.inject('/security/users/me')).json().detail, 'Not authenticated')
  t.equal((await login(app, { username: 'johndoe' })).status, 422)
})

t.test('Swagger UI logs in, in a real browser', { skip: noBrowser }, async t => {
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const page = await (await launch(t)).newPage()
  page.setDefaultTimeout(20_000)
  const failures: string[] = []
  page.on('pageerror', error => { failures.push(String(error)) })

  await page.goto(`${origin}/docs`)
  const dialog = page.locator('.dialog-ux')
  // Every password flow of the app has a form here, with the same ids.
  const form = dialog.locator('.auth-container', { hasText: 'OAuth2PasswordBearer' })
  const authorize = async (username: string, password: string) => {
    await form.locator('#oauth_username').fill(username)
    await form.locator('#oauth_password').fill(password)
    await Promise.all([
      page.waitForResponse(response => new URL(response.url()).pathname === '/security/token'),
      form.locator('button.authorize').click()
    ])
  }

  await page.locator('.auth-wrapper > button.authorize').first().click()
  await dialog.waitFor()

  await t.test('a wrong password shows an error', async t => {
    await authorize('johndoe', 'wrong')
    t.match(await form.locator('.errors').first().innerText(), /Incorrect username or password|Unauthorized/i)
  })

  await t.test('the right one lets /users/me answer 200', async t => {
    await authorize('johndoe', 'secret')
    await form.locator('button', { hasText: 'Logout' }).waitFor()
    await dialog.locator('.close-modal').first().click()

    const operation = page.locator('.opblock', { has: page.locator('[data-path="/security/users/me"]') })
    await operation.locator('.opblock-summary-control').first().click()
    await operation.locator('.try-out__btn').click()
    const [response] = await Promise.all([
      page.waitForResponse(response => response.url().endsWith('/security/users/me')),
      operation.locator('button.execute').click()
    ])
    t.same([response.status(), response.headers()['content-type']], [200, json])
    t.match(await response.json(), { username: 'johndoe' })
    t.equal((await operation.locator('.live-responses-table .response-col_status').last().innerText()).trim().slice(0, 3), '200')
  })
  t.same(failures, [])
})
