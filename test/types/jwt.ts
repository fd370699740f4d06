// Compiled, never run.
import Fastify from 'fastify'
import { type Dependency, dependency } from '../../plugins/dependencies/index.ts'
import jwt, { type Claims, InvalidToken, type InvalidTokenCode, type Login, type RefreshTokenStore, RefreshTokens, verified } from '../../plugins/jwt/index.ts'
import { apiKey, httpBasic, httpBearer, oauth2PasswordBearer } from '../../plugins/security/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles when the type of a value is the one expected, neither wider nor narrower. */
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void

same<Dependency<Claims>>()(verified(oauth2PasswordBearer({ tokenUrl: 'token' })))
same<Dependency<Claims>>()(verified(httpBearer(), { enforceScopes: false }))
same<Dependency<Claims | null>>()(verified(apiKey({ in: 'cookie', name: 'token', optional: true })))
// @ts-expect-error -- a user name and a password are no token
verified(httpBasic())

const app = Fastify()
app.register(jwt, { secret: 'x', audience: ['a'], isRevoked: async ({ jti }) => jti === 'x' })
app.register(jwt, { keys: [{ kid: 'a', algorithm: 'EdDSA', privateKey: 'PEM' }], expiresIn: null })
// @ts-expect-error -- there is no such algorithm
app.register(jwt, { keys: [{ algorithm: 'none' }] })
// @ts-expect-error -- a secret has no pair of keys
app.register(jwt, { secret: 'x', algorithm: 'RS256' })

const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token' }))
dependency({ needs: { claims }, decorators: ['tokens'] }, async ({ claims, request }) => {
  same<string | undefined>()(claims.sub)
  same<number | undefined>()(claims.exp)
  same<unknown>()(claims.role)
  // @ts-expect-error -- claims are shared by requests
  claims.sub = 'x'
  same<Claims>()(await request.server.tokens.verify('x'))
  same<string>()(request.server.tokens.sign({ sub: 'x', role: 'admin' }, { expiresIn: 60 }))
  // @ts-expect-error -- a subject is a text
  request.server.tokens.sign({ sub: 1 })
})

declare const store: RefreshTokenStore
const { subject, scopes, refreshToken } = await new RefreshTokens(store, { onReuse: login => { same<Login>()(login) } }).refresh('x')
same<string>()(subject)
same<readonly string[]>()(scopes)
same<string>()(refreshToken)

const invalid = new InvalidToken('subject', { reason: 'x' })
same<InvalidTokenCode>()(invalid.code)
same<string>()(invalid.reason)
// @ts-expect-error -- there is no such code
export const unknown: InvalidTokenCode = 'unknown'
