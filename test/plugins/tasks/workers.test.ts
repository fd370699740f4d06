import { EventEmitter, once } from 'node:events'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import t from 'tap'
import { task } from '../../../plugins/tasks/index.ts'
import { tables } from '../../../plugins/tasks/jobs.ts'
import { ENGINES, make, placeOf } from './engines.ts'

const schedule = { cron: '0 3 * * *' }

for (const { engine, skip } of ENGINES) {
  t.test(engine, { skip }, async t => {
    t.test('what is thrown is kept with the job, be it an error or not', async t => {
      const odd = task('odd', { payload: Type.String() }, payload => { throw payload === 'text' ? payload : new Error(payload) })
      const { app } = await make(t, engine, [odd])
      await app.ready()
      await app.tasks.add(odd, 'text')
      await app.tasks.add(odd, 'of an error')
      await app.tasks.drain()
      const failed = new Map((await app.tasks.list()).map(({ payload, error }) => [payload, error]))
      t.equal(failed.get('text'), 'text')
      t.match(failed.get('of an error'), /^Error: of an error\n +at /)
    })

    t.test('a job that runs is listed as running, and cannot be removed or run anew', async t => {
      const events = new EventEmitter()
      const slow = task('slow', { payload: Type.Object({ n: Type.Integer() }) }, async () => {
        events.emit('begun')
        await once(events, 'go')
      })
      const { app } = await make(t, engine, [slow])
      await app.ready()
      const before = Date.now()
      const begun = once(events, 'begun')
      await app.tasks.add(slow, { n: 1 })
      await begun
      const [job, ...more] = await app.tasks.list({ state: 'running' })
      t.match(job, { task: 'slow', state: 'running', payload: { n: 1 }, attempts: 1, error: null })
      t.ok(Math.abs(Number(job?.runAt) - before) < 60_000)
      t.same(more, [])
      t.match(await app.tasks.counts(), { queued: 0, running: 1, failed: 0 })
      t.same([await app.tasks.remove(String(job?.id)), await app.tasks.retry(String(job?.id))], [false, false])
      events.emit('go')
      await app.tasks.drain()
      t.same(await app.tasks.list(), [])
    })

    t.test('what waits for its time when the app closes is there for the next, or lost, and the log says so', async t => {
      const place = placeOf(t, engine)
      const later = task('later', {}, () => {})
      const { app, logged } = await make(t, engine, [later], { place })
      await app.ready()
      await app.tasks.add(later, {}, { delay: 3_600_000 })
      await app.close()
      const lost = logged.filter(({ level }) => level === 50)
      if (engine === 'inline') return t.match(lost, [{ msg: /a task is lost/, task: 'later' }])
      t.same(lost, [])
      const next = await make(t, engine, [later], { place })
      await next.app.ready()
      t.match(await next.app.tasks.list(), [{ task: 'later', state: 'queued', attempts: 0 }])
    })

    if (engine === 'inline') return

    t.test('without work a process only adds, and another runs what it has added', async t => {
      const place = placeOf(t, engine)
      const where: FastifyInstance[] = []
      const note = task('note', { schedule }, (_payload, { app }) => { where.push(app) })
      const adding = await make(t, engine, [note], { place, work: false })
      await adding.app.ready()
      await adding.app.tasks.add(note, {})
      t.match(await adding.app.tasks.list(), [{ task: 'note', state: 'queued' }])
      const working = await make(t, engine, [note], { place })
      await working.app.ready()
      await working.app.tasks.drain()
      t.equal(where.length, 1)
      t.equal(where[0], working.app)
      t.same(await adding.app.tasks.list(), [])
    })

    t.test('a schedule that was taken away adds nothing more', async t => {
      const place = placeOf(t, engine)
      const events = new EventEmitter()
      const ran: string[] = []
      const first = await make(t, engine, [task('nightly', { schedule }, () => {})], { place })
      await first.app.ready()
      await first.app.close()
      const nightly = task('nightly', {}, () => { ran.push('nightly') })
      const other = task('other', { schedule }, () => {
        ran.push('other')
        events.emit('ran')
      })
      const { app } = await make(t, engine, [nightly, other], { place })
      await app.ready()
      if (engine === 'pg-boss') {
        const client = new pg.Client({ connectionString: place.url })
        await client.connect()
        t.same((await client.query(`select name, cron from ${place.schema}.schedule`)).rows, [{ name: 'other', cron: '0 3 * * *' }])
        return client.end()
      }
      const otherRan = once(events, 'ran')
      await app.db.of(tables).updateTable('apikit_schedules').set({ next_at: new Date(0) }).execute()
      await otherRan
      await app.tasks.drain()
      t.same(ran, ['other'])
    })
  })
}
