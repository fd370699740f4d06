import fp from 'fastify-plugin'

/** An example of a plugin: browsers must not guess the type of an answer. */
export default fp(async app => {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
  })
}, { name: 'no-sniff' })
