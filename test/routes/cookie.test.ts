import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

t.test('a cookie is a parameter: optional, typed, with a default', async t => {
  t.same((await app.inject('/cookie/items/')).json(), { ads_id: null })
  t.same((await app.inject({ url: '/cookie/items/', headers: { cookie: 'a=1; ads_id="quoted value"' } })).json(), { ads_id: 'quoted value' })
  t.same((await app.inject({ url: '/cookie/visits/', headers: { cookie: 'visits=3' } })).json(), { visits: 3, theme: 'light' })
})

t.test('a wrong or missing cookie is named', async t => {
  const missing = await app.inject('/cookie/visits/')
  t.same([missing.statusCode, missing.json().detail], [422, [
    { type: 'missing', loc: ['cookie', 'visits'], msg: 'Field required', input: null }
  ]])
  const low = await app.inject({ url: '/cookie/visits/', headers: { cookie: 'visits=0' } })
  t.same(low.json().detail, [
    { type: 'greater_than_equal', loc: ['cookie', 'visits'], msg: 'Input should be greater than or equal to 1', input: '0', ctx: { ge: 1 } }
  ])
})
