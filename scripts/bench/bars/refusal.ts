import type { Bar } from '../bar.ts'
import { variant, wrong } from '../apps/typed-post/load.ts'
import { duel } from '../duel.ts'

export const refusal: Bar = {
  id: 'T9',
  title: 'Answers to a body with one wrong field: FastAPI’s 422 beside Fastify’s 400',
  run: settings => duel({
    what: 'refused POST',
    load: wrong,
    sameAnswers: false,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    theirs: { name: 'Fastify (Ajv)', module: variant('fastify'), load: { status: 400 } },
    goals: { socket: { atMost: 0.95 }, bytes: { atMost: 1 } }
  }, settings)
}
