// Compiled, never run.
import Fastify from 'fastify'
import timing from '../../plugins/timing/index.ts'

const app = Fastify()
app.register(timing)
app.register(timing, { digits: 3, serverTiming: true })
// @ts-expect-error -- digits is a number
app.register(timing, { digits: '3' })

app.get('/', async request => {
  const seconds: number = request.processTime
  // @ts-expect-error -- and it cannot be set
  request.processTime = 1
  return seconds
})
