import { Type } from '@fastify/type-provider-typebox'
import type { Callbacks } from '../../../../plugins/docs/index.ts'
import { HttpUrl, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Invoice = Type.Object({
  id: Type.String(),
  title: Nullable(Type.String(), { default: null }),
  customer: Type.String(),
  total: Type.Number()
}, { title: 'Invoice' })

const InvoiceEvent = Type.Object({
  description: Type.String(),
  paid: Type.Boolean()
}, { title: 'InvoiceEvent' })

const InvoiceEventReceived = Type.Object({
  ok: Type.Boolean()
}, { title: 'InvoiceEventReceived' })

const callbacks: Callbacks = {
  invoice_notification: {
    '{$callback_url}/invoices/{$request.body.id}': {
      post: { body: InvoiceEvent, response: { 200: InvoiceEventReceived } }
    }
  }
}

export default parityApp(async app => {
  app.post('/invoices/', {
    schema: {
      summary: 'Create Invoice',
      description: `
        Create an invoice.

        This will (let's imagine) let the API user (some external developer) create an
        invoice.

        And this path operation will:

        * Send the invoice to the client.
        * Collect the money from the client.
        * Send a notification back to the API user (the external developer), as a callback.
            * At this point is that the API will somehow send a POST request to the
                external API with the notification of the invoice event
                (e.g. "payment successful").
      `,
      querystring: Type.Object({ callback_url: Nullable(HttpUrl(), { default: null }) }),
      body: Invoice,
      callbacks
    }
  }, async () => ({ msg: 'Invoice received' }))
})
