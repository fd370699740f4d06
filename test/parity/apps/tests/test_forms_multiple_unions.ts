import { type Static, Type } from '@fastify/type-provider-typebox'
import { jsonable } from '../../../../plugins/response-model/index.ts'
import { Embed, File, FormModels, Literal, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const tag = { alias: 'contact_type' }
const Person = Type.Object({
  kind: Literal(['person'], tag), name: Type.String(), tags: Type.Optional(Type.Array(Type.String())), enabled: Type.Boolean({ default: false })
}, { title: 'Person' })
const Company = Type.Object({ kind: Literal(['company'], tag), company_name: Type.String() }, { title: 'Company' })
const Email = Type.Object({ delivery: Literal(['email']), address: Type.String() }, { title: 'Email' })
const Pickup = Type.Object({ delivery: Literal(['pickup']), location: Type.String() }, { title: 'Pickup' })
const Settings = Type.Object({ priority: Type.Integer({ minimum: 1, default: 1 }) }, { title: 'Settings' })

const kind = { discriminator: { propertyName: 'kind' } }
const delivery = { discriminator: { propertyName: 'delivery' } }
const Contact = Type.Union([Person, Company], kind)
const AnyContact = Type.Union([Person, Company])
const token = Type.String()

/** By the names of the form; the tags of a person are made when there are none. */
function written (contact: Static<typeof AnyContact> | null): unknown {
  if (contact === null) return null
  return jsonable('name' in contact ? { ...contact, tags: contact.tags ?? [] } : contact, { schema: Contact })
}

export default parityApp(async app => {
  app.post('/combined', {
    schema: { body: FormModels({ contact: Contact, delivery: Type.Union([Email, Pickup], delivery), settings: Settings, token }) }
  }, async function combined ({ body }) { return { ...body, contact: written(body.contact) } })
  app.post('/optional', {
    schema: {
      body: FormModels({
        contact: Type.Union([Person, Company, Type.Null()], { ...kind, default: null }),
        delivery: Type.Union([Email, Pickup, Type.Null()], { ...delivery, default: null }),
        token
      })
    }
  }, async function optional ({ body: { contact, delivery } }) { return { contact: written(contact), delivery } })
  app.post('/ordinary', { schema: { body: FormModels({ contact: AnyContact, token }) } }, async function ordinary ({ body }) { return written(body.contact) })
  app.post('/files', {
    schema: { body: FormModels({ contact: Contact, avatar: File(), attachments: Nullable(Type.Array(File()), { default: null }) }) }
  }, async function files ({ body: { contact, avatar, attachments } }) {
    const content = await avatar.text()
    return { contact: written(contact), position: 0, avatar: content, content, attachments: attachments && await Promise.all(attachments.map(file => file.text())) }
  })
  app.post('/json', {
    schema: { summary: 'Json Body', operationId: 'json_body_json_post', body: Embed({ contact: AnyContact, token }) }
  }, async ({ body }) => written(body.contact))
})
