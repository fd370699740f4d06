import { Type } from '@fastify/type-provider-typebox'
import { FormModels, Literal } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Person = Type.Object({ contact_type: Literal(['person']), name: Type.String() }, { title: 'Person' })
const Company = Type.Object({ contact_type: Literal(['company']), company_name: Type.String() }, { title: 'Company' })
const Email = Type.Object({ notification_type: Literal(['email']), email: Type.String() }, { title: 'Email' })
const SMS = Type.Object({ notification_type: Literal(['sms']), phone: Type.String() }, { title: 'SMS' })

export default parityApp(async app => {
  app.post('/contacts/', {
    schema: {
      summary: 'Create Contact',
      operationId: 'create_contact_contacts__post',
      body: FormModels({
        contact: Type.Union([Person, Company], { discriminator: { propertyName: 'contact_type' } }),
        notification: Type.Union([Email, SMS, Type.Null()], { discriminator: { propertyName: 'notification_type' }, default: null }),
        token: Type.String()
      })
    }
  }, async ({ body }) => body)
})
