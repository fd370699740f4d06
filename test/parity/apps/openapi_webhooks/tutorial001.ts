import { Type } from '@fastify/type-provider-typebox'
import { DateTime } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Subscription = Type.Object({
  username: Type.String(),
  monthly_fee: Type.Number(),
  start_date: DateTime()
}, { title: 'Subscription' })

export default parityApp(async app => {
  app.get('/users/', {
    schema: { summary: 'Read Users' }
  }, async () => ['Rick', 'Morty'])
}, {
  docs: {
    webhooks: {
      'new-subscription': {
        post: {
          description: `
            When a new user subscribes to your service we'll send you a POST request with this
            data to the URL that you register for the event \`new-subscription\` in the dashboard.
          `,
          body: Subscription
        }
      }
    }
  }
})
