import { parityApp } from '../app.ts'

const shampoo = `<?xml version="1.0"?>
    <shampoo>
    <Header>
        Apply shampoo here.
    </Header>
    <Body>
        You'll have to use soap here.
    </Body>
    </shampoo>
    `

export default parityApp(async app => {
  app.get('/legacy/', { schema: { summary: 'Get Legacy Data' } }, async (_request, reply) => {
    reply.type('application/xml')
    return shampoo
  })
})
