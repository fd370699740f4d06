import { parityApp } from '../app.ts'

const Tags = { items: 'items', users: 'users' }

export default parityApp(async app => {
  app.get('/items/', {
    schema: { tags: [Tags.items], summary: 'Get Items' }
  }, async () => ['Portal gun', 'Plumbus'])

  app.get('/users/', {
    schema: { tags: [Tags.users], summary: 'Read Users' }
  }, async () => ['Rick', 'Morty'])
})
