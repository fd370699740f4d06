/**
 * Origins that are not on the list, for a policy with credentials.
 *
 * @module
 */

import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import cors from '../../../plugins/cors/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { request, send } from './raw.ts'
import { counted, type Row } from './row.ts'

const ORIGINS = [
  'null', 'NULL', '*', 'https://*', 'https://evil.example', 'http://shop.example', 'https://shop.example:443', 'https://shop.example:8443', 'https://shop.example/', 'https://shop.example.', 'https://shop.example.evil.example',
  'https://evil.example/https://shop.example', 'https://evil.example#https://shop.example', 'https://evil.example?https://shop.example', 'https://shop.example@evil.example', 'https://evil.example\\@shop.example', 'https://shop.example%00.evil.example',
  'https://xshop.example', 'https://shopxexample', 'https://www.shop.example', 'https://SHOP.example', 'HTTPS://shop.example', 'https://shop.example, https://evil.example', 'https://evil.example, https://shop.example', 'https://shop.example https://evil.example',
  'https:shop.example', '//shop.example', 'shop.example', 'file://', 'chrome-extension://shop.example', 'https://[::1]', 'https://shop.example\tx', 'x https://shop.example', 'https://api.shop.example.evil.example', 'https://evil-api.shop.example', 'https://a.api.shop.example', 'http://api7.shop.example'
]

export async function origins (): Promise<Row> {
  const app = Fastify()
  await app.register(errors)
  await app.register(cors, {
    allowOrigins: ['https://shop.example'], allowOriginRegex: 'https://api\\d\\.shop\\.example', allowCredentials: true, allowMethods: ['*'], allowHeaders: ['*']
  })
  app.get('/', async () => 'ok')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  const requests = [...ORIGINS.map(origin => [`Origin: ${origin}`]), ['Origin: https://shop.example', 'Origin: https://evil.example'], ['Origin: https://evil.example', 'Origin: https://shop.example'], ['origin:https://evil.example']]
    .flatMap(lines => [['GET', lines], ['OPTIONS', [...lines, 'Access-Control-Request-Method: GET']]] as const)
  const wrong: string[] = []
  for (const [method, lines] of requests) {
    const { status, headers } = await send(port, request('/', ['Host: x', ...lines], method))
    const allowed = headers.get('access-control-allow-origin')
    if (allowed !== undefined || (method === 'OPTIONS' && status !== 400)) wrong.push(`${method} ${lines.join(', ')}: ${status} ${String(allowed)}`)
  }
  for (const origin of ['https://shop.example', 'https://api7.shop.example']) {
    const { headers } = await send(port, request('/', ['Host: x', `Origin: ${origin}`]))
    if (String(headers.get('access-control-allow-origin')) !== origin || String(headers.get('vary')) !== 'Origin') wrong.push(`${origin} is on the list and is refused`)
  }
  await app.close()
  return counted('CORS with credentials: listed origins only', requests.length, 'requests are let through', wrong)
}
