/**
 * Work after the response: functions with their arguments, added by the handler and by a dependency of its.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */

import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../plugins/dependencies/index.ts'
import { background } from '../../plugins/tasks/index.ts'
import { Nullable } from '../../plugins/types/index.ts'

/** In the working directory. */
const LOG = 'log.txt'

function writeLog (message: string): void {
  appendFileSync(LOG, message)
}

async function readLog (): Promise<string> {
  try {
    return await readFile(LOG, 'utf8')
  } catch (error) {
    if (Object(error).code === 'ENOENT') return ''
    throw error
  }
}

const query = dependency({
  needs: { background },
  query: Type.Object({ q: Nullable(Type.String(), { default: null }) })
}, ({ background, query: { q } }) => {
  if (q !== null && q !== '') background.add(writeLog, `found query: ${q}\n`)
  return q
})

const routes: FastifyPluginAsyncTypebox = async app => {
  app.post('/send-notification/:email', {
    config: { depends: { background, q: query } },
    schema: { summary: 'Send Notification', params: Type.Object({ email: Type.String() }) }
  }, async ({ params: { email }, deps: { background } }) => {
    background.add(writeLog, `message to ${email}\n`)
    return { message: 'Message sent' }
  })

  app.get('/log/', { schema: { summary: 'Read Log' } }, async () => (await readLog()).split(/(?<=\n)/).filter(line => line !== ''))
}

export default routes
