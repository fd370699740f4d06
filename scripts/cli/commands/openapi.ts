import type { FastifyInstance } from 'fastify'
import { breakingChanges } from '../../../plugins/docs/index.ts'
import { scopeOf, withApp } from '../app.ts'
import { APP_OPTION, command, type Io } from '../command.ts'
import { readJson, writeOutput } from '../output.ts'

export const openapi = command({
  summary: 'Writes the OpenAPI document, or lists changes that would break clients of the saved one.',
  takes: '[FILE]',
  most: 1,
  details: 'The app is registered with its export documentOptions, if it has one: options that make the document the same on all machines.\nIt does not listen. Its database is not opened, its tasks do not run.',
  options: {
    check: { type: 'boolean', description: 'Compare with the file and write nothing. Exit code 1 when the clients that know the file would break.' },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'File of the document. Default: openapi.json.' },
    ...APP_OPTION
  },
  run: async ({ positionals: [file], values: { app, check = false, output = 'openapi.json' } }, io) => {
    const before = check ? readJson(io, output, 'Write it first: fastify-apikit openapi.') : undefined
    const document = await documentOf(io, file ?? app)
    if (!check) {
      writeOutput(io, output, `${JSON.stringify(document, null, 2)}\n`)
      return 0
    }
    const changes = breakingChanges(Object(before), document)
    io.out([...changes.map(({ at, change }) => `${at}: ${change}`), `${changes.length} breaking changes`].join('\n') + '\n')
    return changes.length === 0 ? 0 : 1
  }
})

/** Returns the document of the app. */
export async function documentOf (io: Io, app: string | undefined): Promise<object> {
  return await withApp(io, { app, purpose: 'describe', isForDocument: true }, async ({ server }) => {
    await server.ready()
    return (scopeOf(server, 'docs') as FastifyInstance & { swagger: () => object }).swagger()
  })
}
