import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import { background, task } from '../../plugins/tasks/index.ts'
import { DateTime } from '../../plugins/types/index.ts'

const remind = task('remind', { payload: Type.Object({ at: DateTime(), to: Type.String() }), schedule: { cron: '0 3 * * *', payload: { at: new Date(), to: 'ann' } } }, async ({ at, to }, { signal, attempt }) => {
  at.getTime().toFixed()
  to.toUpperCase()
  signal.aborted satisfies boolean
  attempt.toFixed()
})
const nothing = task('nothing', {}, () => {})

// @ts-expect-error the payload of the schedule
task('wrong', { payload: Type.Object({ n: Type.Integer() }), schedule: { cron: '* * * * *', payload: { n: 'one' } } }, () => {})

const total = task('total', { payload: Type.Integer(), result: Type.Object({ at: DateTime() }), concurrency: 1, rateLimit: { max: 1, per: 1000 } }, async n => ({ at: new Date(n) }))
// @ts-expect-error the result
task('wrong', { result: Type.Object({ n: Type.Integer() }) }, () => ({ n: 'one' }))

const app = Fastify()
app.post('/', { config: { depends: { background } } }, async ({ tasks, deps: { background } }) => {
  await tasks.add(remind, { at: new Date(), to: 'ann' }, { delay: 5, uniqueKey: 'ann' })
  await tasks.add(nothing, {})
  await app.tasks.add(remind, { at: new Date(), to: 'ann' })
  const ids: string[] = await tasks.addMany(total, [1, 2])
  const job = await app.tasks.get(String(ids[0]), total)
  job?.result?.at.getTime().toFixed()
  // @ts-expect-error not of the result
  job?.result?.n.toFixed()
  ;(await app.tasks.get('x'))?.result satisfies unknown
  // @ts-expect-error what is missing
  await tasks.add(remind, { to: 'ann' })
  // @ts-expect-error what is of another type
  await app.tasks.add(remind, { at: '2020-01-01', to: 'ann' })
  // @ts-expect-error no such option
  await tasks.add(nothing, {}, { later: true })

  background.add((a: string, b: number) => a.repeat(b), 'x', 2)
  // @ts-expect-error the argument of another type
  background.add((a: string, b: number) => a.repeat(b), 'x', 'y')
  // @ts-expect-error an argument is missing
  background.add((a: string, b: number) => a.repeat(b), 'x')
})
