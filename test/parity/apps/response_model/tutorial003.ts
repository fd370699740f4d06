import { parityApp } from '../app.ts'
import { UserIn, UserOut } from './user.ts'

export default parityApp(async app => {
  app.post('/user/', {
    schema: {
      summary: 'Create User',
      body: UserIn,
      response: { 200: UserOut }
    }
  }, async ({ body: user }) => user)
})
