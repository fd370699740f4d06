import type { Bar } from '../bar.ts'
import { variant, wrong } from '../apps/typed-post/load.ts'
import { race } from '../race.ts'

export const refusal: Bar = {
  id: 'T9',
  title: 'Answers to a body with one wrong field: FastAPI’s 422 beside Fastify’s 400',
  run: settings => race({
    what: 'refused POST',
    load: wrong,
    sameAnswers: false,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    others: [{ name: 'Fastify (Ajv)', module: variant('fastify'), load: { status: 400 }, goal: { atLeast: 1 } }]
  }, settings)
}
