import { createReadStream } from 'node:fs'
import { stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', {
    schema: { summary: 'Main', response: { 200: stream('video/mp4') } }
  }, () => createReadStream(new URL('video.mp4', import.meta.url)))
})
