import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', async function readItems () {
    return [{ item_id: 'Foo' }]
  })
}, { docs: { generateUniqueId: ({ name }) => name } })
