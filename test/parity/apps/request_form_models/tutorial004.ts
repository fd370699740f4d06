import { Type } from '@fastify/type-provider-typebox'
import { File, FormModels } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Profile = Type.Object({ name: Type.String() }, { title: 'Profile' })

export default parityApp(async app => {
  app.post('/profiles/', {
    schema: { summary: 'Create Profile', operationId: 'create_profile_profiles__post', body: FormModels({ profile: Profile, avatar: File() }) }
  }, async ({ body: { profile, avatar } }) => ({ profile, filename: avatar.filename }))
})
