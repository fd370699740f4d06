import t from 'tap'
import { makeApp } from './random/app.ts'
import { Dice } from './random/dice.ts'
import { stepOf } from './random/differ.ts'
import { missingFastapi } from './random/fastapi.ts'
import { randomApp } from './random/random-app.ts'
import { Requests } from './random/random-request.ts'
import { compareRandomly } from './random/run.ts'
import { shrink } from './random/shrink.ts'
import { contentOf } from './scenarios.ts'

const python = process.env.FASTAPI_PYTHON ?? 'python3'
const missing = missingFastapi(python)

t.test('a seed makes the same app and the same requests again', async t => {
  const make = (seed: number) => {
    const description = randomApp(new Dice(seed), seed)
    const requests = new Requests(new Dice(seed), description)
    return [description, description.routes.map(route => stepOf(requests.make(route)))]
  }
  t.strictSame(make(5), make(5))
  t.notMatch(JSON.stringify(make(5)), JSON.stringify(make(6)))
})

t.test('every random app starts here, and only a response model answers with 500', async t => {
  for (let seed = 0; seed < 25; seed++) {
    const description = randomApp(new Dice(seed), seed)
    const app = await makeApp(description)
    const requests = new Requests(new Dice(seed), description)
    for (const route of description.routes.flatMap(route => [route, route, route])) {
      const { method, path, query, headers, body } = stepOf(requests.make(route))
      const { statusCode } = await app.inject({
        method: method as 'GET', url: path + (query === '' ? '' : `?${query}`), headers: Object.fromEntries(headers), ...body !== null && { payload: contentOf(body) }
      })
      t.ok(statusCode < 500 || route.response !== undefined, `seed ${seed}: ${method} ${path}?${query}: ${statusCode}`)
    }
    await app.close()
  }
})

t.test('a request is made smaller while it shows the difference', async t => {
  const request = { method: 'POST', path: '/', query: ['a=1', 'b=2'], headers: [['x', '1']], cookies: ['c=1'], body: { as: 'json', type: 'application/json', value: { keep: [1, { bad: null, other: 2 }], drop: 3 } } } as const
  const smallest = await shrink(request, async ({ body, query }) => JSON.stringify(body).includes('bad') && query.includes('b=2'))
  t.strictSame(smallest, { ...request, query: ['b=2'], headers: [], cookies: [], body: { ...request.body, value: { keep: [{ bad: null }] } } })

  const form = { ...request, body: { as: 'urlencoded', type: undefined, pairs: ['a=1', 'b=2'] } } as const
  t.strictSame((await shrink(form, async ({ body }) => body.as === 'urlencoded' && body.pairs.includes('a=1'))).body, { ...form.body, pairs: ['a=1'] })
  const multipart = { ...request, body: { as: 'multipart', type: undefined, parts: [Buffer.from('a'), Buffer.from('b')], isCut: false } } as const
  t.match((await shrink(multipart, async () => true)).body, { parts: [] })
  t.match(await shrink(request, async () => true, 1), { query: ['b=2'] }, 'so many are tried, and no more')
})

t.test('without FastAPI it is told what to install', async t => {
  t.match(missingFastapi('/no/python'), /^\/no\/python cannot be run .*; needed: [\d. ]+\. Install them: .*pip install fastapi==/)
  t.match(missingFastapi('true'), /^true has no FastAPI with uvicorn; needed/)
  t.match(missingFastapi('echo'), /^echo has FastAPI, Starlette and pydantic -c import/)
  await t.rejects(compareRandomly({ python: 'false', requests: 1, seed: 1 }), { message: 'false has ended: see above.' })
})

t.test('random apps answer as FastAPI does', { skip: missing ?? false }, async t => {
  const { requests, documents, findings } = await compareRandomly({ python, requests: 400, seed: 3 })
  t.strictSame(findings, [])
  t.equal(documents, 10)
  t.equal(requests, 400)
})
