import { file } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Main', response: { 200: file() } } }, async () => new URL('video.mp4', import.meta.url))
})
