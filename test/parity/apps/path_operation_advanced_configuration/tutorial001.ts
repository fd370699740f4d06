import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', operationId: 'some_specific_id_you_define' }
  }, async () => [{ item_id: 'Foo' }])
})
