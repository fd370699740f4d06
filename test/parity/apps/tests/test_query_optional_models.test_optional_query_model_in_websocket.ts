import { Type } from '@fastify/type-provider-typebox'
import { Models, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Search = Type.Object({ term: Type.String() }, { title: 'Search' })

export default parityApp(async app => {
  app.get('/ws', { websocket: true, schema: { querystring: Models({ search: Nullable(Search, { default: null }) }) } }, (socket, { query: { search } }) => {
    socket.send(JSON.stringify(search))
    socket.close(1000)
  })
}, { websocket: true })
