import { setImmediate as turn } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { connect, HandshakeRefused } from '../../plugins/testing/index.ts'
import { launch, noBrowser } from '../browser.ts'
import { build } from '../helper.ts'

const app = await build(t)
const Line = Type.Object({ from: Type.Optional(Type.String()), text: Type.Optional(Type.String()), error: Type.Optional(Type.String()) })
const join = async (name: string, room = 'tea') => await connect(app, '/chat/rooms/:room', { params: { room }, query: { name }, receive: Line } as never) as unknown as Guest

interface Guest {
  send (message: unknown): void
  receive (): Promise<{ from?: string, text?: string, error?: string }>
  close (code?: number): Promise<void>
  vanish (): Promise<void>
}

t.test('what is said in a room is heard in that room', async t => {
  const ann = await join('ann')
  t.same(await ann.receive(), { from: 'ann', text: 'is here' })
  const bob = await join('bob')
  for (const guest of [ann, bob]) t.same(await guest.receive(), { from: 'bob', text: 'is here' })
  const eve = await join('eve', 'coffee')
  t.same(await eve.receive(), { from: 'eve', text: 'is here' })

  ann.send(JSON.stringify({ text: 'hello', from: 'bob' }))
  for (const guest of [ann, bob]) t.same(await guest.receive(), { from: 'ann', text: 'hello' }, 'by the name of who said it')
  eve.send(JSON.stringify({ text: 'alone' }))
  t.same(await eve.receive(), { from: 'eve', text: 'alone' }, 'and not in another')

  await bob.close()
  t.same(await ann.receive(), { from: 'bob', text: 'has left' })
  await ann.close()
  await eve.vanish()
})

t.test('a message that does not fit is told of, and the socket stays open', async t => {
  const ann = await join('ann', 'errors')
  await ann.receive()
  for (const [message, error] of [['{', /JSON/], ['{"text":""}', /^text: String should have at least 1 character$/], [JSON.stringify({ text: 'x'.repeat(501) }), /at most 500/]] as const) {
    ann.send(message)
    t.match(await ann.receive(), { error }, message.slice(0, 20))
  }
  ann.send(Buffer.from('{}'))
  t.match(await ann.receive(), { error: /\w/ }, 'bytes')
  ann.send(JSON.stringify({ text: 'ok' }))
  t.same(await ann.receive(), { from: 'ann', text: 'ok' })
  await ann.close()
})

t.test('a name without letters is refused before the socket opens', async t => {
  for (const name of ['', ' ', 'x'.repeat(21)]) {
    const refused = await join(name).catch((error: unknown) => error)
    t.ok(refused instanceof HandshakeRefused, name)
    t.match(refused, { status: 403, body: { detail: [{ loc: ['query', 'name'] }] } })
  }
})

t.test('nobody is left when all have gone', async t => {
  const before = app.broadcast.subscriptions
  const guests = [await join('ann', 'gone'), await join('bob', 'gone')]
  t.equal(app.broadcast.subscriptions, before + 2)
  for (const guest of guests) await guest.vanish()
  while (app.broadcast.subscriptions > before) await turn()
  t.equal(app.broadcast.subscriptions, before)
})

t.test('a page opens it', async t => {
  const { headers, body } = await app.inject('/chat/')
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.match(body, '<script src="chat.js" defer>')
  t.match(await app.inject('/chat/chat.js'), { headers: { 'content-type': 'text/javascript; charset=utf-8' }, body: /new WebSocket\('rooms\/tea/ })
})

t.test('and two browsers talk', { skip: noBrowser }, async t => {
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await launch(t)
  const [one, two] = [await browser.newPage(), await browser.newPage()]
  for (const page of [one, two]) {
    await page.goto(`${address}/chat/`)
    await page.getByText(/^guest\d+: is here$/).first().waitFor()
  }
  await one.fill('#text', 'good day')
  await one.click('button')
  await two.getByText(/^guest\d+: good day$/).waitFor()
  t.pass('the other one hears it')
})
