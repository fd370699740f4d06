import { Type } from '@fastify/type-provider-typebox'
import { Models, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Preferences = Type.Object({ theme: Type.String(), locale: Type.String() }, { title: 'Preferences' })

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', cookies: Models({ preferences: Nullable(Preferences, { default: null }) }), response: { 200: Type.Any() } }
  }, async ({ cookieParams: { preferences } }) => preferences)
})
