import { Type } from '@fastify/type-provider-typebox'
import { Email, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const user = {
  username: Type.String(),
  email: Email(),
  full_name: Nullable(Type.String(), { default: null })
}

const UserIn = Type.Object({ ...user, password: Type.String() }, { title: 'UserIn' })
const UserOut = Type.Object(user, { title: 'UserOut' })

/** The tutorial twice: with the fields of each model written out, and inherited. */
export default parityApp(async app => {
  app.post('/user/', {
    schema: {
      summary: 'Create User',
      body: UserIn,
      response: { 200: UserOut }
    }
  }, async ({ body: { password, ...user } }) => ({ ...user, hashed_password: `supersecret${password}` }))
})
