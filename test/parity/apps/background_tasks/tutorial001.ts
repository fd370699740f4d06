import { writeFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import tasks, { background } from '../../../../plugins/tasks/index.ts'
import { dependentApp } from '../dependencies/app.ts'

function writeNotification (email: string, message = ''): void {
  writeFileSync('log.txt', `notification for ${email}: ${message}`)
}

export default dependentApp(async app => {
  await app.register(tasks)

  app.post('/send-notification/:email', {
    config: { depends: { background } },
    schema: { summary: 'Send Notification', params: Type.Object({ email: Type.String() }) }
  }, async ({ params: { email }, deps: { background } }) => {
    background.add(writeNotification, email, 'some notification')
    return { message: 'Notification sent in the background' }
  })
})
