import { parityApp } from '../app.ts'

const tags = [
  { name: 'users', description: 'Operations with users. The **login** logic is also here.' },
  {
    name: 'items',
    description: 'Manage items. So _fancy_ they have their own docs.',
    externalDocs: { description: 'Items external docs', url: 'https://fastapi.tiangolo.com/' }
  }
]

export default parityApp(async app => {
  app.get('/users/', {
    schema: { tags: ['users'], summary: 'Get Users' }
  }, async () => [{ name: 'Harry' }, { name: 'Ron' }])

  app.get('/items/', {
    schema: { tags: ['items'], summary: 'Get Items' }
  }, async () => [{ name: 'wand' }, { name: 'flying broom' }])
}, { docs: { tags } })
