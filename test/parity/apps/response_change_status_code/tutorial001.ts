import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  const tasks = new Map([['foo', 'Listen to the Bar Fighters']])

  app.put('/get-or-create-task/:task_id', {
    schema: {
      summary: 'Get Or Create Task',
      params: Type.Object({ task_id: Type.String() }),
      response: { 200: Type.String(), 201: Type.String() }
    }
  }, async ({ params: { task_id: id } }, reply) => {
    const task = tasks.get(id)
    if (task !== undefined) return task
    reply.code(201)
    return "This didn't exist before"
  })
})
