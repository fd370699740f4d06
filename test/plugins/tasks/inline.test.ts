import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { task } from '../../../plugins/tasks/index.ts'
import { make } from './engines.ts'

const DAY = 24 * 3_600_000

/** Time stands still until it is told to go on. `drain` would wait for ever then. */
function stop (t: Test, at: string): void {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: new Date(at) })
  t.teardown(() => { mock.timers.reset() })
}

t.test('a task may wait longer than a timer can', async t => {
  const ran: number[] = []
  const later = task('later', {}, () => { ran.push(Date.now()) })
  stop(t, '2026-01-01T00:00:00Z')
  const { app } = await make(t, 'inline', [later])
  await app.ready()
  await app.tasks.add(later, {}, { delay: 60 * DAY })
  for (let day = 0; day < 59; day++) mock.timers.tick(DAY)
  t.same(ran, [])
  mock.timers.tick(DAY)
  t.same(ran, [Date.parse('2026-03-02T00:00:00Z')])
})

t.test('a schedule may have its next time further off than a timer can wait', async t => {
  const ran: string[] = []
  const yearly = task('yearly', { schedule: { cron: '0 0 1 3 *' } }, () => { ran.push(new Date().toISOString()) })
  stop(t, '2026-01-01T00:00:00Z')
  const { app } = await make(t, 'inline', [yearly])
  await app.ready()
  for (let day = 0; day < 500; day++) {
    mock.timers.tick(DAY)
    await setImmediate() // so that what ran is done
  }
  t.same(ran, ['2026-03-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'])
})

t.test('the times that a schedule has missed are one run', async t => {
  let runs = 0
  const each = task('each', { schedule: { cron: '* * * * *' } }, () => { runs++ })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => { mock.timers.reset() })
  // Half a minute before the next time. Timers do not follow the clock, as when the machine sleeps.
  let now = Math.floor(Date.now() / 60_000) * 60_000 + 30_000
  t.intercept(Date, 'now', { value: () => now })
  const { app } = await make(t, 'inline', [each])
  await app.ready()
  now += 5 * 3_600_000
  const wait = async (times: number, milliseconds: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      mock.timers.tick(milliseconds)
      await setImmediate() // so that what ran is done
    }
  }
  await wait(1, 30_000)
  await wait(20, 10)
  t.equal(runs, 1)
  await wait(1, 30_000)
  t.equal(runs, 2, 'it goes on at the next time')
})

t.test('where work is off no schedule runs', async t => {
  const nightly = task('nightly', { schedule: { cron: '0 3 * * *' } }, () => { t.fail('it must not run') })
  stop(t, '2026-01-01T00:00:00Z')
  const { app } = await make(t, 'inline', [nightly], { work: false })
  await app.ready()
  mock.timers.tick(DAY)
  t.same(await app.tasks.list(), [])
})

t.test('of failed jobs the last hundred are kept', async t => {
  const fails = task('fails', {}, () => { throw new Error('no') })
  const { app } = await make(t, 'inline', [fails])
  await app.ready()
  const added: string[] = []
  for (let job = 0; job < 102; job++) added.push(await app.tasks.add(fails, {}))
  await app.tasks.drain()
  t.same((await app.tasks.list({ limit: 200 })).map(({ id }) => id), added.slice(2).reverse())
})
