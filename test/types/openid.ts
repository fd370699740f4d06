import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import { dependency, type Dependency } from '../../plugins/dependencies/index.ts'
import { DateTime } from '../../plugins/types/index.ts'
import openid, { type ClientToken, type OpenIdOptions } from '../../plugins/openid/index.ts'

const app = Fastify()
await app.register(openid, { issuer: 'https://example.com', audience: 'api', clientId: 'x', clientSecret: 'y', algorithms: ['ES256'] })

// @ts-expect-error a shared secret is no key of an issuer
export const shared: OpenIdOptions = { algorithms: ['HS256'] }
// @ts-expect-error no such option
export const unknown: OpenIdOptions = { isuer: 'https://example.com' }

const typed = app.openid.jwks({ claims: Type.Object({ sub: Type.String(), level: Type.Integer(), since: DateTime() }) })
const plain = app.openid.introspection()
const text: Dependency<string> = app.openid.bearer

app.get('/', { config: { depends: { typed, plain, text } } }, async ({ deps }) => {
  const sub: string = deps.typed.sub
  const since: Date = deps.typed.since
  const scope: string | undefined = deps.plain.scope
  const token: string = deps.text
  // @ts-expect-error the schema says that it is a number
  const level: string = deps.typed.level
  // @ts-expect-error the schema does not have it
  const other = deps.typed.scope
  // @ts-expect-error anybody may have claims of their own
  const own: string = deps.plain.own
  return [sub, since, scope, token, level, other, own]
})

app.openid.jwks({ token: app.openid.bearer, clients: ['x'], refuse: () => new Error('no') })
app.openid.jwks({ refuse: ({ code }) => code === 'expired' ? new Error('log in again') : new Error('no') })
// @ts-expect-error there is no such code
app.openid.jwks({ refuse: ({ code }) => new Error(code === 'late' ? 'x' : 'y') })
// @ts-expect-error a token is a text
app.openid.jwks({ token: dependency(() => 7) })
// @ts-expect-error no such option
app.openid.introspection({ audience: 'x' })

const own: ClientToken = app.openid.clientToken({ scope: 'x' })
export const fetched: Promise<string> = own.get()

const { user, routes } = app.openid.login({ claims: Type.Object({ sub: Type.String(), staff: Type.Boolean() }) })
await app.register(routes)
app.get('/me', { config: { depends: { user } } }, async ({ deps }) => {
  const staff: boolean = deps.user.staff
  // @ts-expect-error the schema does not have it
  const email: string = deps.user.email
  return [staff, email]
})
// @ts-expect-error a session is an object
app.openid.login({ claims: Type.String() })
