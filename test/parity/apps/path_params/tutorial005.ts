import { Type } from '@fastify/type-provider-typebox'
import { Enum } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const ModelName = Enum(['alexnet', 'resnet', 'lenet'], { title: 'ModelName' })

const messages = {
  alexnet: 'Deep Learning FTW!',
  resnet: 'Have some residuals',
  lenet: 'LeCNN all the images'
}

export default parityApp(async app => {
  app.get('/models/:model_name', {
    schema: {
      summary: 'Get Model',
      params: Type.Object({ model_name: ModelName })
    }
  }, async ({ params: { model_name: name } }) => ({ model_name: name, message: messages[name] }))
})
