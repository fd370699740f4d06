import { Type } from '@fastify/type-provider-typebox'
import { Form, FormModels } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const U = 'application/x-www-form-urlencoded'
const M = 'multipart/form-data'
const a = { a: Type.String() }
const ab = { ...a, b: Type.String() }

const Addr = Type.Object({ street: Type.String(), zip: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }, { title: 'Addr' })
const Dates = Type.Object({ start: Type.String(), end: Type.String() }, { title: 'Dates' })

/** The form of each path, and the media type that its document names. */
const FORMS = [
  ['one', Form(a), M], ['first', Form(ab), M], ['last', Form(ab), M], ['charset', Form(a), `${U}; charset=utf-8`],
  ['mixed', Form(ab), U], ['same', Form(ab), 'text/x'], ['other', Form(ab), U], ['models', FormModels({ a: Addr, b: Dates }), M]
] as const

export default parityApp(async app => {
  for (const [name, body, type] of FORMS) {
    app.post(`/${name}`, { schema: { operationId: `${name}_${name}_post`, summary: name[0]?.toUpperCase() + name.slice(1), body, consumes: [type] } }, async () => null)
  }
})
