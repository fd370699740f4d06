import { once } from 'node:events'
import t, { type Test } from 'tap'
import { launch, noBrowser } from '../browser.ts'
import { greet, stumble } from '../../schemas/tasks.ts'
import { build } from '../helper.ts'
import { ask, emptyDatabase, hasPostgres } from '../plugins/db/databases.ts'

t.test('the page lists tasks, and runs failed ones anew', { skip: noBrowser }, async t => {
  const app = await build(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const page = await (await launch(t)).newPage()
  const problems: string[] = []
  page.on('pageerror', error => { problems.push(error.message) })
  page.on('console', message => { if (message.type() === 'error') problems.push(message.text()) })

  await page.goto(`${origin}/tasks/`)
  t.equal(await page.locator('#failed .count').textContent(), '0')
  await page.fill('input[name=name]', '<b>a stone</b>')
  await page.click('button[value=stumble]')
  await app.tasks.drain()
  await page.goto(`${origin}/tasks/`)
  t.equal(await page.locator('#failed .count').textContent(), '1')
  t.equal(await page.locator('#failed code').textContent(), '{"over":"<b>a stone</b>"}', 'as text')
  t.match(await page.locator('#failed pre').textContent(), /Error: stumbled over <b>a stone<\/b>/)

  await page.click('#failed button:text("Retry")')
  await app.tasks.drain()
  await page.goto(`${origin}/tasks/`)
  t.equal(await page.locator('#failed .count').textContent(), '1', 'it has failed again')
  await page.click('#failed button:text("Remove")')
  t.equal(await page.locator('#failed .count').textContent(), '0')

  const greeted = once(app.server, 'request')
  await page.fill('input[name=name]', 'World')
  await page.click('button[value=greet]')
  await greeted
  await app.tasks.drain()
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
  t.same(problems, [])
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

t.test('a failed task is shown, run anew and removed', async t => {
  const app = await build(t)
  const post = async (url: string, body = '') => (await app.inject({ method: 'POST', url, headers: form, body })).statusCode
  t.equal(await post('/tasks/', 'name=a+stone&task=stumble'), 303)
  await app.tasks.drain()
  t.match((await app.inject('/tasks/')).body, 'stumbled over a stone')
  const [job] = await app.tasks.list({ state: 'failed' })
  t.equal(await post(`/tasks/${job?.id}/retry`), 303)
  await app.tasks.drain()
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 1 }, 'it has failed again')
  t.equal(await post(`/tasks/${job?.id}/remove`), 303)
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
})

t.test('the page filters by state and task, and shows fifty of each state', async t => {
  const app = await build(t)
  await app.ready()
  await app.tasks.addMany(greet, Array.from({ length: 51 }, (_, n) => ({ name: `name-${n}` })), { delay: 3_600_000 })
  await app.tasks.add(stumble, { over: 'a stone' }, { delay: 3_600_000 })
  const names = async (url: string): Promise<number> => [...(await app.inject(url)).body.matchAll(/name-\d+/g)].length
  t.equal(await names('/tasks/?state=queued&task=greet'), 50)
  t.match((await app.inject('/tasks/?state=queued&task=greet')).body, '?state=queued&amp;task=greet&amp;page=2')
  t.equal(await names('/tasks/?state=queued&task=greet&page=2'), 1)
  t.match((await app.inject('/tasks/?page=2')).body, 'Newer')
  t.equal(await names('/tasks/?state=failed'), 0)
  const { body } = await app.inject('/tasks/?task=stumble')
  t.match(body, 'a stone')
  t.notMatch(body, 'name-')
  t.equal((await app.inject('/tasks/?state=lost')).statusCode, 422)
})

t.test('its forms are for itself alone; jobs that are not there are 404', async t => {
  const app = await build(t)
  const post = (url: string, headers = {}) => app.inject({ method: 'POST', url, headers: { ...form, ...headers }, body: 'name=x&task=greet' })
  t.equal((await post('/tasks/', { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
  const added = await post('/tasks/', { 'sec-fetch-site': 'same-origin' })
  t.same([added.statusCode, added.headers.location], [303, '/tasks/'])
  t.same((await post('/tasks/4711/retry')).json(), { detail: 'No such task has failed' })
  t.same((await post('/tasks/4711/remove')).json(), { detail: 'No such task can be removed' })
})

t.test('it is not there where the settings say so', async t => {
  const app = await build(t, { settings: { tasks: { page: false } } })
  t.equal((await app.inject('/tasks/')).statusCode, 404)
})

t.test('tasks wait in the database of the app, of either kind, unless the settings say otherwise', async t => {
  const tablesOf = async (t: Test, settings: object): Promise<string[]> => {
    const app = await build(t, { settings })
    await app.ready()
    return (await app.db.introspection.getTables()).map(({ schema, name }) => schema === undefined ? name : `${schema}.${name}`)
  }
  t.ok((await tablesOf(t, {})).includes('apikit_jobs'))
  t.notOk((await tablesOf(t, { tasks: { engine: 'inline' } })).includes('apikit_jobs'))

  await t.test('PostgreSQL', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
    const schema = `tasks_${process.pid}`
    t.teardown(() => ask(`drop schema ${schema} cascade`))
    await tablesOf(t, { databaseUrl: await emptyDatabase(t, 'postgres'), tasks: { schema } })
    t.same(await ask(`select name from ${schema}.queue where name in ('greet', 'stumble') order by name`), [{ name: 'greet' }, { name: 'stumble' }])
  })
})
