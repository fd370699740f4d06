// Compiled, never run.
import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import responseModel, { type ResponseError } from '../../plugins/response-model/index.ts'
import { DateTime, SetOf } from '../../schemas/types/index.ts'

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.register(responseModel)
app.register(responseModel, { undeclared: 'drop' })
// @ts-expect-error -- there are two ways
app.register(responseModel, { undeclared: 'ignore' })

const User = Type.Object({ name: Type.String(), joined: DateTime(), roles: SetOf(Type.String()) })
app.get('/', { schema: { response: { 200: User } } }, async () => ({ name: 'ada', joined: new Date(), roles: new Set(['admin']) }))
// @ts-expect-error -- the handler returns values of the domain
app.get('/text', { schema: { response: { 200: User } } }, async () => ({ name: 'ada', joined: 'now', roles: new Set(['admin']) }))

export const places = ({ problems }: ResponseError): ReadonlyArray<ReadonlyArray<string | number>> => problems.map(({ loc }) => loc)
