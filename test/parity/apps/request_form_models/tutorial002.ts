import { Type } from '@fastify/type-provider-typebox'
import { Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const FormData = Form({
  username: Type.String(),
  password: Type.String()
}, { title: 'FormData', additionalProperties: false })

export default parityApp(async app => {
  app.post('/login/', { schema: { summary: 'Login', body: FormData } }, async ({ body: data }) => data)
})
