import { Type } from '@fastify/type-provider-typebox'
import { FormModels, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Profile = Type.Object({ name: Type.String(), age: Type.Integer() }, { title: 'Profile' })

export default parityApp(async app => {
  app.post('/profiles/', {
    schema: {
      summary: 'Create Profile',
      operationId: 'create_profile_profiles__post',
      body: FormModels({ token: Type.String(), profile: Nullable(Profile, { default: null }) })
    }
  }, async ({ body }) => body)
})
