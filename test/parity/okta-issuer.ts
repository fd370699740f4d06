/**
 * The issuer that stood in for Okta when the seed's apps were recorded, in the place of `fetch`: no port that only one
 * process could have. `test/plugins/openid.test.ts` talks to a real provider.
 *
 * @module
 */

import type { Fetch, OpenIdOptions } from '../../plugins/openid/index.ts'

const ISSUER = 'http://127.0.0.1:18321/oauth2/default'
const CLIENT = { clientId: 'test-client', clientSecret: 'test-client-secret' }

/** The recorded token, whose private key is not kept. */
const GOOD = [
  'eyJhbGciOiJSUzI1NiIsImtpZCI6ImtleS0xIiwidHlwIjoiSldUIn0',
  'eyJ2ZXIiOjEsImp0aSI6IkFULnRlc3QiLCJpc3MiOiJodHRwOi8vMTI3LjAuMC4xOjE4MzIxL29hdXRoMi9kZWZhdWx0IiwiYXVkIjoiYXBpOi8vZGVmYXVsdCIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwLCJjaWQiOiJ0ZXN0LWNsaWVudCIsInNjcCI6WyJpdGVtcyJdLCJzdWIiOiJ0ZXN0LWNsaWVudCJ9',
  'X-c6gE29ymfrBtbDH8M9asJhNW7CD2J3bc0JVvq-3xEivtixuBlmKGy96sFIitvfbob24xOfHjR14mR8pwF-KBSMawsu6Cpy6smYX8xAj5yXzyr-7VWfRXDj3iSmsO-wH6EXwfjM-4VB2RqRKGVGJUWZyU4rpqcmePx1VfYLv0xh-eVrb8FHxZ_8cvt2VQlIyI2J1GfGupXYs1bCDWobalE8rQkiLBuuNJSYPylAMYGwq1OCS-AxD1qjQqc6mSeX5rxlsmnlsoctx9sHEVg7frnYUDWcBGpZ-bRulghnwEu9zI6Cl0PWc7bujz2FALzOdrvce5icn0HdE6vOfnxSTA'
].join('.')

const JWKS = {
  keys: [
    {
      kty: 'RSA',
      alg: 'RS256',
      kid: 'key-1',
      use: 'sig',
      e: 'AQAB',
      n: 'lgbn9o2HCng5yA7IP90m-bIa9IvoihrjwRf_SUgBLVX1t9Jc4KRgnNuk5tGtc-4s-4NkfG1bcw4I-5LbQBFLeKNLgsFaK2qhRp8iXMxDWJuSb_bcodpqOu6PTp5BvyBHNtAFDw0-_vCQdu3wS1pRt8mb01L2nt727U-vfCPcSC3XKm2i6BCiq8ErMKRLVbSKD7SaNW_20gWo7tfJtdv59Do-h99jTPbs5dWepu108xZGJzA7RN7NafKHxNtniHs5Ju3KpGj3y3FCKJVgKwfLFI5ceL_DZojKM04X1Gtug2gCZ1D-JGVZlyGHXbMBRdfn9t3E7KIJ_Ron2Ozd-K2lKw'
    },
    {
      kty: 'RSA',
      alg: 'RS256',
      kid: 'key-2',
      use: 'sig',
      e: 'AQAB',
      n: 'tSbIfp_p_7Mt2ZR4tA_GLKDQ-cPLXN8Fy5U406U1-AKf3RS0cSCLzUvnx7dk12l8lviRn6C4CiErVsdBQ4nyIkhhqQ-hhamdw-aBthahCyQNfjFw4fWb4n9BXfp1fbOCCrY-t4yuy1CE7mh0EqgxLMs99IzS7FzT7Dlz4xZ3-tWnT2We0vhFfoHkaaDbp1qpRQYf236jSEGzvcttmvsy-zDk0Fs6TVpq2TwGafrCWc1mOlzgBlt-2J7I_lmkqxRIRA0Vq0XOR89z7BGxvCNEW3U_LClYF9XR0c7QRtz0dpF1nSU9ru1xPDSUzqfG3g0nJ31I4vc0OvZr2BkzBTIUDw'
    }
  ]
}

const json = (status: number, value: unknown): Response => Response.json(value, { status })
const text = (status: number, value: string): Response => new Response(value, { status, headers: { 'content-type': 'text/plain' } })
const refused = (description?: string): Response => json(401, { error: 'invalid_client', ...description === undefined ? {} : { error_description: description } })

const answer: Fetch = async (url, init) => {
  const path = url.replace(ISSUER, '')
  if (init.method !== 'POST') return path === '/v1/keys' ? json(200, JWKS) : json(404, { error: 'not_found' })
  const headers = new Headers(init.headers)
  if (headers.get('accept') !== 'application/json' || headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') !== true) {
    return text(415, 'wrong request headers')
  }
  const form = Object.fromEntries(new URLSearchParams(String(init.body)))
  if (path === '/v1/token') return token(form, headers.get('authorization') ?? '')
  return path === '/v1/introspect' ? introspect(form) : json(404, { error: 'not_found' })
}

function token (form: Readonly<Record<string, string>>, authorization: string): Response {
  const [, credentials = ''] = /^Basic (.*)$/.exec(authorization) ?? []
  const client = Buffer.from(credentials, 'base64').toString()
  if (client === 'broken:x') return text(500, 'issuer is down')
  if (client === 'created:x') return json(201, { access_token: 'created' })
  if (client !== `${CLIENT.clientId}:${CLIENT.clientSecret}`) return refused('The client secret supplied for a confidential client is invalid.')
  const { grant_type: grant, scope, ...others } = form
  if (grant !== 'client_credentials' || scope !== 'items' || Object.keys(others).length > 0) return json(400, { error: 'invalid_request', form })
  return json(200, { token_type: 'Bearer', expires_in: 3600, access_token: GOOD, scope: 'items' })
}

function introspect ({ client_id: id, client_secret: secret, token, ...others }: Readonly<Record<string, string>>): Response {
  if (id !== CLIENT.clientId || secret !== CLIENT.clientSecret || token === undefined || Object.keys(others).length > 0) return refused()
  if ([GOOD, 'active', 'active token', 'active+token&x=1'].includes(token)) {
    return json(200, { active: true, scope: 'items', client_id: CLIENT.clientId, exp: 4102444800 })
  }
  switch (token) {
    case 'broken': return text(500, 'issuer is down')
    case 'created': return json(201, { active: true })
    case 'limited': return json(429, { errorCode: 'E0000047' })
    case 'silent': return json(200, {})
    default: return json(200, { active: false })
  }
}

/** What the recorded apps knew of their issuer. */
export const OKTA: OpenIdOptions = {
  issuer: ISSUER,
  audience: 'api://default',
  ...CLIENT,
  clientAuth: 'post',
  endpoints: { introspection: 'v1/introspect', jwks: 'v1/keys', token: 'v1/token' },
  clockTolerance: 120,
  fetch: answer
}
