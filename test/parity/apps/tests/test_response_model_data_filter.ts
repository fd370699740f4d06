import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const User = Type.Object({ email: Type.String() }, { title: 'UserBase' })
const UserCreate = Type.Object({ ...User.properties, password: Type.String() }, { title: 'UserCreate' })
const PetOut = Type.Object({ name: Type.String(), owner: User }, { title: 'PetOut' })

/** Users as they are stored, with what no answer shows. */
const owner = { email: 'johndoe@example.com', hashed_password: 'secrethashed' }

export default parityApp(async app => {
  app.post('/users/', {
    schema: {
      summary: 'Create User',
      body: UserCreate,
      response: { 200: User }
    }
  }, async ({ body: user }) => user)

  app.get('/pets/:pet_id', {
    schema: {
      summary: 'Read Pet',
      params: Type.Object({ pet_id: Type.Integer() }),
      response: { 200: PetOut }
    }
  }, async () => ({ name: 'Nibbler', owner }))

  app.get('/pets/', {
    schema: {
      summary: 'Read Pets',
      response: { 200: Type.Array(PetOut) }
    }
  }, async () => [{ name: 'Nibbler', owner }, { name: 'Zoidberg', owner }])
})
