import { sendRedirect } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/typer', { schema: { summary: 'Redirect Typer' } }, async (_request, reply) => sendRedirect(reply, 'https://typer.tiangolo.com'))
})
