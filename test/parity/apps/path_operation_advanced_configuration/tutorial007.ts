import { Type } from '@fastify/type-provider-typebox'
import { YAMLParseError, parse as readYaml } from 'yaml'
import { UnprocessableContent } from '../../../../plugins/errors/index.ts'
import { parse, ValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({ name: Type.String(), tags: Type.Array(Type.String()) }, { title: 'Item' })

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      openapiExtra: {
        requestBody: {
          content: { 'application/x-yaml': { schema: Item } },
          required: true
        }
      }
    }
  }, async ({ body }) => {
    try {
      return parse(Item, readYaml(String(body)))
    } catch (error) {
      if (error instanceof YAMLParseError) throw new UnprocessableContent('Invalid YAML', undefined, { cause: error })
      if (error instanceof ValidationError) throw new UnprocessableContent(error.errors())
      throw error
    }
  })
})
