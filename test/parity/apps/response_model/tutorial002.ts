import { parityApp } from '../app.ts'
import { UserIn } from './user.ts'

export default parityApp(async app => {
  app.post('/user/', {
    schema: {
      summary: 'Create User',
      body: UserIn,
      response: { 200: UserIn }
    }
  }, async ({ body: user }) => user)
})
