import { sample } from 'fast-check'
import t from 'tap'
import { leak, tryModels } from '../../scripts/hardening/models.ts'
import { model } from '../../scripts/hardening/random-models.ts'

const MODELS = 200

t.test(`of ${MODELS} random models each sends what it names, and no secret beside it`, async t => {
  const seed = Date.now() & 0x7fffffff
  const tried = await tryModels(sample(model, { numRuns: MODELS, seed }))
  t.same(tried.map(leak).filter(what => what !== undefined), [], `seed ${seed}`)
  const sound = tried.filter(({ part }) => part.isWrong !== true).length
  t.ok(sound > MODELS / 4 && sound < MODELS, `${sound} of them fit`)
})
