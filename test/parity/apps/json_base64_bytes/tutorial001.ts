import { Type } from '@fastify/type-provider-typebox'
import { Bytes } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const data = { description: Type.String(), data: Bytes({ encoding: 'base64' }) }
const DataInput = Type.Object(data, { title: 'DataInput' })
const DataOutput = Type.Object(data, { title: 'DataOutput' })
const DataInputOutput = Type.Object(data, { title: 'DataInputOutput' })

export default parityApp(async app => {
  app.post('/data', {
    schema: {
      summary: 'Post Data',
      body: DataInput
    }
  }, async ({ body: { description, data } }) => ({ description, content: data.toString('utf8') }))

  app.get('/data', {
    schema: {
      summary: 'Get Data',
      response: { 200: DataOutput }
    }
  }, async () => ({ description: 'A plumbus', data: Buffer.from('hello') }))

  app.post('/data-in-out', {
    schema: {
      summary: 'Post Data In Out',
      body: DataInputOutput,
      response: { 200: DataInputOutput }
    }
  }, async ({ body }) => body)
})
