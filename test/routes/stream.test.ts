import t from 'tap'
import { launch, noBrowser } from '../browser.ts'
import { build } from '../helper.ts'

const app = await build(t)

t.test('squares are JSON lines', async t => {
  const { headers, body } = await app.inject('/stream/squares?count=3')
  t.equal(headers['content-type'], 'application/jsonl')
  t.equal(body, '{"number":1,"square":1}\n{"number":2,"square":4}\n{"number":3,"square":9}\n')
  t.equal((await app.inject('/stream/squares?count=-1')).statusCode, 422)
})

t.test('a clock ticks, and goes on where it was', async t => {
  const ids = async (headers: Record<string, string>) => {
    const { body } = await app.inject({ url: '/stream/clock?every=10&count=3', headers })
    t.match(body, /^event: tick\ndata: {"at":"\d{4}-.*Z"}\nid: \d\n\n/)
    return [...body.matchAll(/^id: (\d)$/gm)].map(([, id]) => id)
  }
  t.same(await ids({}), ['1', '2', '3'])
  t.same(await ids({ 'last-event-id': '1' }), ['2', '3'])
})

t.test('a page shows it', async t => {
  const { headers, body } = await app.inject('/stream/')
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.match(body, '<script src="clock.js" defer>')
  const script = await app.inject('/stream/clock.js')
  t.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
  t.match(script.body, "new EventSource('clock')")
})

t.test('and a browser shows it ticking', { skip: noBrowser }, async t => {
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const page = await (await launch(t)).newPage()
  await page.goto(`${address}/stream/`)
  await page.getByText(/^2: \d{4}-/).waitFor()
  t.pass('the second tick is there')
})
