/**
 * Hosts that are not on the list, and redirects to them.
 *
 * @module
 */

import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import errors from '../../../plugins/errors/index.ts'
import httpsRedirect from '../../../plugins/https-redirect/index.ts'
import trustedHost from '../../../plugins/trusted-host/index.ts'
import { request, send } from './raw.ts'
import { counted, type Row } from './row.ts'

const OURS = 'example.com'
const allowedHosts = [OURS, `*.api.${OURS}`]

const HOSTS = [
  '', 'evil.com', `${OURS}.evil.com`, `evil${OURS}`, `evil.com.${OURS}`, `www.${OURS}`, `api.${OURS}`, `evil-api.${OURS}`, `x.api.${OURS}.evil.com`, 'EXAMPLE.COM.evil.com', 'EVIL.COM', `${OURS}.`, `${OURS}..`, `.${OURS}`, `..api.${OURS}.`,
  `${OURS}@evil.com`, `${OURS}:80@evil.com`, `user:pass@${OURS}`, `@${OURS}`, `evil.com@${OURS}`, `evil.com:80@${OURS}`, `${OURS}:@evil.com`, `evil.com#${OURS}`, `evil.com?${OURS}`, `evil.com/${OURS}`, `evil.com\\${OURS}`, `evil.com%23.api.${OURS}/`,
  `${OURS}/`, `${OURS}/x`, `${OURS}?x`, `${OURS}#x`, `${OURS}:80:80`, `${OURS}:x`, `${OURS}:-1`, `${OURS}:80/`, `${OURS}:8 0`, `http://${OURS}`, `https://${OURS}/`, `//${OURS}`, `${OURS},evil.com`, `evil.com,${OURS}`, `evil.com ${OURS}`, `${OURS} evil.com`, `${OURS}\tevil.com`,
  '[::1]', '[::1]:80', '::1', '[::ffff:1.2.3.4]', `[${OURS}]`, '[::1', '::1]', '127.0.0.1', '127.1', '0', '2130706433', '0x7f.1', 'localhost', `localhost.${OURS}`, `*.api.${OURS}`, '*', `evil.com/.api.${OURS}`, `evil.com\\.api.${OURS}`, `evil.com?.api.${OURS}`, `evil.com#.api.${OURS}`, `evil.com:1/.api.${OURS}`,
  `${OURS}%00`, `${OURS}%2f`, 'exam%70le.com', `${OURS}\u00ad`, 'ex\u0430mple.com', 'xn--example.com', `${OURS};evil.com`, `'${OURS}'`, `"${OURS}"`, `<${OURS}>`, `${OURS}|`, `{${OURS}}`
]

export async function hosts (): Promise<Row> {
  const app = Fastify()
  await app.register(errors)
  await app.register(trustedHost, { allowedHosts })
  app.get('/', async () => 'reached')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  const heads = [
    ...HOSTS.map(host => [`Host: ${host}`]),
    ['Host: evil.com', `X-Forwarded-Host: ${OURS}`], ['Host: evil.com', `Forwarded: host=${OURS}`], ['Host: evil.com', `X-Host: ${OURS}`], [`Host: ${OURS}`, 'Host: evil.com'], ['Host: evil.com', `Host: ${OURS}`], [`host: ${OURS}`, 'HOST: evil.com'], []
  ]
  const wrong: string[] = []
  for (const head of heads) {
    const { status, body } = await send(port, Buffer.from(request('/', head), 'utf8'))
    if (status !== 400) wrong.push(`${JSON.stringify(head)}: ${status} ${body.slice(0, 40)}`)
  }
  for (const host of [OURS, `${OURS}:8080`, `x.api.${OURS}`]) {
    if ((await send(port, request('/', [`Host: ${host}`]))).status !== 200) wrong.push(`${host} is on the list and is refused`)
  }
  await app.close()
  return counted('only listed hosts are answered', heads.length, 'other hosts are', wrong)
}

const TARGETS = [
  '/', '//evil.com', '//evil.com/..', '///evil.com', '/\\evil.com', '/\\/evil.com', '\\\\evil.com', '/%2fevil.com', '/%5cevil.com', '/@evil.com', '@evil.com', '.evil.com', ':80@evil.com/', 'http://evil.com/', 'https://evil.com/', 'http://evil.com', 'HTTP://evil.com/a',
  '/?//evil.com', '/#@evil.com', '/;@evil.com', '/.evil.com', '/..//evil.com', '/%0d%0aLocation:%20https://evil.com', '/%00', '/a b', '/<script>', '/"onload="', '*', '//example.com@evil.com', '//user@evil.com:1/'
]

export async function redirects (): Promise<Row> {
  const wrong: string[] = []
  let tried = 0
  for (const order of ['redirect first', 'trusted first']) {
    const app = Fastify()
    await app.register(errors)
    const steps = [async () => { await app.register(httpsRedirect) }, async () => { await app.register(trustedHost, { allowedHosts }) }]
    for (const step of order === 'redirect first' ? steps : steps.reverse()) await step()
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo

    const heads = [...TARGETS.map(target => [target, [`Host: ${OURS}`]] as const), ...HOSTS.map(host => ['/', [`Host: ${host}`]] as const)]
    tried += heads.length
    for (const [target, head] of heads) {
      const { status, headers } = await send(port, Buffer.from(request(target, head), 'utf8'))
      const [location, ...more] = headers.get('location') ?? []
      const isOurs = location === undefined || (URL.parse(location)?.host === OURS && location.startsWith(`https://${OURS}/`))
      if (!isOurs || more.length > 0 || ![307, 400].includes(status)) wrong.push(`${order}: ${target} ${head.join()}: ${status} ${String(location)}`)
    }
    await app.close()
  }
  return counted('https-redirect is no open redirect', tried, 'requests are sent elsewhere', wrong)
}
