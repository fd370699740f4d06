import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Read Main' } }, async () => ({ msg: 'Hello World' }))

  app.get('/ws', { websocket: true }, socket => {
    socket.send(JSON.stringify({ msg: 'Hello WebSocket' }))
    socket.close(1000)
  })
}, { websocket: true })
