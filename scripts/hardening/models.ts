/**
 * Plants secrets in what handlers return: `npm run hardening -- models [--models 1000] [--seed N]`.
 *
 * Random models (objects in objects, lists, sets, maps, tuples, unions, aliases, defaults, fields excluded by the
 * route) are given values with secrets beside the fields, in fields that are left away, and in place of a number. None
 * may leave, and of each model exactly what it names is sent.
 *
 * @module
 */

import fc from 'fast-check'
import { model, SECRET } from './random-models.ts'
import { suite } from './suite.ts'
import { leak, tryModels } from './tried-models.ts'

export const models = suite('Random response models with planted secrets', {
  models: { about: 'Random models', default: 1000 },
  seed: { about: 'Repeats a run' }
}, async ({ models, seed = Date.now() & 0x7fffffff }) => {
  const tried = await tryModels(fc.sample(model, { numRuns: models, seed }))
  const wrong = tried.map(leak).filter(what => what !== undefined)
  const leaked = tried.filter(({ body }) => body.includes(SECRET)).length
  const refused = tried.filter(({ part }) => part.isWrong === true).length
  const secrets = tried.filter(({ part: { value, exclude } }) => exclude !== undefined || fc.stringify(value).includes(SECRET)).length
  console.log(`${tried.length} random models (--seed ${seed}), ${secrets} with secrets in what is returned, ${refused} with a value that does not fit: ${leaked} secrets left, ${wrong.length} answers are wrong`)
  return wrong
})
