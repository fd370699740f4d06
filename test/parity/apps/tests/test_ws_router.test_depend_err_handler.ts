import { dependency } from '../../../../plugins/dependencies/index.ts'
import { WebSocketException } from '../../../../plugins/websocket/index.ts'
import { parityApp } from '../app.ts'

class CustomError extends Error {}

const failing = dependency(() => { throw new CustomError() })

export default parityApp(async app => {
  app.handle(CustomError, () => { throw new WebSocketException(1002, 'foo') })
  app.get('/custom_error/', { websocket: true, config: { depends: [failing] } }, () => {})
}, { websocket: true })
