import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      openapiExtra: {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                required: ['name', 'price'],
                type: 'object',
                properties: { name: { type: 'string' }, price: { type: 'number' }, description: { type: 'string' } }
              }
            }
          },
          required: true
        }
      }
    }
  }, async ({ body }) => ({
    size: String(body).length,
    content: { name: 'Maaaagic', price: 42, description: "Just kiddin', no magic here. ✨" }
  }))
})
