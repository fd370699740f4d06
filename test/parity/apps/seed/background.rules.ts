import { appendFileSync, writeFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { HttpError } from '../../../../plugins/errors/index.ts'
import tasks, { background } from '../../../../plugins/tasks/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const LOG = 'log.txt'

function write (message: string, { end = '\n' } = {}): void {
  appendFileSync(LOG, message + end)
}

async function writeLater (message: string): Promise<void> {
  write(`async ${message}`)
}

function bad (): void {
  write('bad')
  throw new Error('task failed')
}

export default dependentApp(async app => {
  writeFileSync(LOG, '')
  await app.register(tasks)
  const config = { depends: { tasks: background } }

  app.post('/order/', { config, schema: { summary: 'Order' } }, async ({ deps: { tasks } }) => {
    tasks.add(write, 'one')
    tasks.add(writeLater, 'two')
    tasks.add(write, 'three', { end: '!\n' })
    write('handler')
    return { ok: true }
  })

  app.post('/refused/', { config, schema: { summary: 'Refused' } }, async ({ deps: { tasks } }) => {
    tasks.add(write, 'never')
    throw new HttpError(400, 'refused')
  })

  app.post('/invalid/', {
    config,
    schema: { summary: 'Invalid', querystring: Type.Object({ n: Type.Integer() }) }
  }, async ({ query: { n }, deps: { tasks } }) => {
    tasks.add(write, `n=${n}`)
    return { n }
  })

  app.post('/failing/', { config, schema: { summary: 'Failing' } }, async ({ deps: { tasks } }) => {
    tasks.add(write, 'before')
    tasks.add(bad)
    tasks.add(write, 'after')
    return { ok: true }
  })

  app.post('/created/', { config, schema: { summary: 'Created', response: { 202: Type.Unknown() } } }, async ({ deps: { tasks } }, reply) => {
    tasks.add(write, 'accepted')
    reply.code(202)
    return null
  })
})
