/**
 * Ways out of a folder that is served, and to what is hidden in it.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import errors, { Unauthorized } from '../../../plugins/errors/index.ts'
import staticFiles from '../../../plugins/static/index.ts'
import { request, send } from './raw.ts'
import { counted, type Row } from './row.ts'

/** In every file that nobody may read. */
const SECRET = 'the-secret-of-the-house'

const UPS = [
  '../', '..%2f', '..%2F', '%2e%2e/', '%2E%2E/', '%2e%2e%2f', '.%2e/', '%2e./', '..\\', '..%5c', '%2e%2e%5c', '....//', '..././', '..;/', '..%3b/', '..%00/', '%00../', './../', '..//', '//..//',
  '..%252f', '%252e%252e%252f', '..%c0%af', '%c0%ae%c0%ae/', '..%ef%bc%8f', '%e2%80%a5/', '..%09/', '..%20/', '.. /', '..?/', '..#/', '%2e%2e%2f%2e%2e%2f', '/../', '/%2e%2e/'
]
const BEFORE = ['', 'sub/', '/', 'nope/', '%2f', './']
const HIDDEN = ['.env', '%2eenv', '.%65nv', '//.env', 'sub/.hidden/x.txt', '.git/config', '.git%2fconfig', './.env', 'sub/../.env', 'sub/..%2f.env', '.env/', '.env%00', '.env%00.txt', '.env.', '.ENV', '%2e%67it/config', 'leads-to-hidden.txt', 'sub/%2ehidden/x.txt']
const LINKS = ['link.txt', 'linked/secret.txt', 'linked/../secret.txt', 'linked%2fsecret.txt', 'linked//secret.txt', 'file:///etc/passwd', 'etc/passwd', '//etc/passwd', '/%2fetc%2fpasswd', '%2Fetc/passwd']
const GUARDED = ['/private/x.txt', '%2fprivate/x.txt', 'private%2fx.txt', '//private/x.txt', './private/x.txt', '%2e/private/x.txt', 'sub/../private/x.txt', 'sub/%2e%2e/private/x.txt', '%70rivate%2fx.txt', 'private//x.txt', 'private/%2fx.txt', 'private/./x.txt', 'private/sub/../x.txt', 'PRIVATE/x.txt']

function makeFolder (): string {
  const root = mkdtempSync(join(tmpdir(), 'hardening-'))
  const site = join(root, 'site')
  for (const folder of ['site/sub/.hidden', 'site/.git', 'site/private']) mkdirSync(join(root, folder), { recursive: true })
  for (const file of ['secret.txt', 'site/.env', 'site/.git/config', 'site/sub/.hidden/x.txt', 'site/private/x.txt']) writeFileSync(join(root, file), SECRET)
  writeFileSync(join(site, 'index.html'), 'home')
  symlinkSync(join(root, 'secret.txt'), join(site, 'link.txt'))
  symlinkSync(root, join(site, 'linked'))
  symlinkSync(join(site, '.env'), join(site, 'leads-to-hidden.txt'))
  return root
}

export async function staticPaths (): Promise<Row> {
  const root = makeFolder()
  const app = Fastify()
  await app.register(errors)
  for (const prefix of ['/static', '/app']) app.get(`${prefix}/private/*`, async () => { throw new Unauthorized() })
  await app.register(staticFiles, { root: join(root, 'site') })
  await app.register(staticFiles, { root: join(root, 'site'), prefix: '/app', name: 'app', frontend: true })
  await app.listen({ port: 0, host: '127.0.0.1' })

  const out = UPS.flatMap(up => BEFORE.map(before => `${before}${up.repeat(before === 'sub/' ? 2 : 1)}secret.txt`))
  const paths = ['/static/', '/app/'].flatMap(prefix => [...out, ...UPS.map(up => `${up.repeat(8)}etc/passwd`), ...HIDDEN, ...LINKS, ...GUARDED].map(path => prefix + path))
  const wrong: string[] = []
  for (const path of paths) {
    const { status, body } = await send((app.server.address() as AddressInfo).port, request(path, ['Host: x', 'Accept: text/html']))
    // A frontend has pages of its own, and answers with its index.
    const isFine = [400, 401, 404].includes(status) || (path.startsWith('/app/') && status === 200 && body === 'home')
    if (!isFine || body.includes(SECRET) || body.includes('root:')) wrong.push(`GET ${path}: ${status} ${body.slice(0, 60)}`)
  }
  await app.close()
  rmSync(root, { recursive: true })
  return counted('no way out of a folder of files, nor to dot files, nor round a guard', paths.length, 'paths read what they may not, or fail', wrong)
}
