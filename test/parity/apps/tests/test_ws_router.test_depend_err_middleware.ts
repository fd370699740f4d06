import { dependency } from '../../../../plugins/dependencies/index.ts'
import { WebSocketException } from '../../../../plugins/websocket/index.ts'
import { parityApp } from '../app.ts'

class NotImplementedError extends Error {}

const failing = dependency(() => { throw new NotImplementedError() })

export default parityApp(async app => {
  app.handle(NotImplementedError, error => { throw new WebSocketException(1008, `${error.constructor.name}()`) })
  app.get('/depends-err/', { websocket: true, config: { depends: [failing] } }, () => {})
}, { websocket: true })
