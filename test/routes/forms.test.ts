import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }

t.test('the page has a form that is sent to its own section', async t => {
  const { headers, body } = await app.inject('/forms/')
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.match(body, '<form method="post" action="/forms/user/">')
})

t.test('fields are read, and what is missing is told', async t => {
  const user = await app.inject({ method: 'POST', url: '/forms/user/', headers: urlencoded, payload: 'username=a+b&password=%C3%A9' })
  t.same(user.json(), { username: 'a b', password: 'é' })

  const survey = await app.inject({ method: 'POST', url: '/forms/survey/', headers: urlencoded, payload: 'age=5&colours=red&colours=blue&agree=on' })
  t.same(survey.json(), { age: 5, colours: ['red', 'blue'], agree: true })

  const nothing = await app.inject({ method: 'POST', url: '/forms/survey/', headers: urlencoded, payload: 'age=' })
  t.same(nothing.json().detail, [{ type: 'missing', loc: ['body', 'age'], msg: 'Field required', input: null }])
})
