import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { build as buildApp } from 'fastify-apikit/testing'
import app, { options } from '../app.ts'

// if database
/** Each test has a database of its own, in memory. */
// end
const data = {
  // if database
  databaseUrl: 'sqlite::memory:',
  // end
  // if auth
  jwtSecret: 'a secret for tests, of 32 bytes or more',
  // end
  pageSize: 10
}

/** The app, blind to the environment of this machine. It is closed when the test ends. */
export async function build (t: TestContext): Promise<FastifyInstance> {
  return await buildApp(t, app, { server: options, options: { env: {}, envFile: null, data } })
}
// if auth

/** Makes an account, logs in, and returns the header of its requests. */
export async function logIn (app: FastifyInstance): Promise<{ authorization: string }> {
  const account = { email: 'ann@example.com', password: 'correct horse' }
  await app.inject({ method: 'POST', url: '/account', payload: account })
  const { access_token: token } = (await app.inject({
    method: 'POST',
    url: '/account/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ username: account.email, password: account.password }).toString()
  })).json()
  return { authorization: `Bearer ${token}` }
}
// end
