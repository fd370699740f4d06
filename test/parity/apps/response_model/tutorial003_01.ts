import { parityApp } from '../app.ts'
import { BaseUser, InheritedUser } from './user.ts'

export default parityApp(async app => {
  app.post('/user/', {
    schema: {
      summary: 'Create User',
      body: InheritedUser,
      response: { 200: BaseUser }
    }
  }, async ({ body: user }) => user)
})
