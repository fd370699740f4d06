import { Type } from '@sinclair/typebox'
import { sample } from 'fast-check'
import t from 'tap'
import { model, SECRET } from '../../scripts/hardening/random-models.ts'
import { leak, tryModels } from '../../scripts/hardening/tried-models.ts'

const MODELS = 200

t.test(`of ${MODELS} random models each sends what it names, and no secret beside it`, async t => {
  const seed = Date.now() & 0x7fffffff
  const tried = await tryModels(sample(model, { numRuns: MODELS, seed }))
  t.same(tried.map(leak).filter(what => what !== undefined), [], `seed ${seed}`)
  const sound = tried.filter(({ part }) => part.isWrong !== true).length
  t.ok(sound > MODELS / 4 && sound < MODELS, `${sound} of them fit`)
})

t.test('what finds a leak finds one: a secret, a field too many, a wrong value that was sent', async t => {
  const part = { schema: Type.Object({ n: Type.Integer() }), value: { n: 1, s: SECRET }, sent: { n: 1 } }
  t.equal(leak({ part, status: 200, body: '{"n":1}' }), undefined)
  for (const body of [`{"n":1,"s":"${SECRET}"}`, '{"n":1,"m":2}', '{"n":2}']) t.match(leak({ part, status: 200, body }), `200 ${body} in place of {"n":1}`)
  t.match(leak({ part: { ...part, isWrong: true }, status: 200, body: '{"n":1}' }), /^200 .* in place of {"detail":"Internal Server Error"}/)
})
