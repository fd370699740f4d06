import { appendFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import tasks, { background } from '../../../../plugins/tasks/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { dependentApp } from '../dependencies/app.ts'

function writeLog (message: string): void {
  appendFileSync('log.txt', message)
}

const query = dependency({
  needs: { background },
  query: Type.Object({ q: Nullable(Type.String(), { default: null }) })
}, ({ background, query: { q } }) => {
  if (q) background.add(writeLog, `found query: ${q}\n`)
  return q
})

export default dependentApp(async app => {
  await app.register(tasks)

  app.post('/send-notification/:email', {
    config: { depends: { background, q: query } },
    schema: { summary: 'Send Notification', params: Type.Object({ email: Type.String() }) }
  }, async ({ params: { email }, deps: { background } }) => {
    background.add(writeLog, `message to ${email}\n`)
    return { message: 'Message sent' }
  })
})
