import { createRequire } from 'node:module'
import type { SchemaObject } from 'openapi-typescript'
import { missingPeers } from '../../../plugins/core/peer.ts'
import { APP_OPTION, command } from '../command.ts'
import { Failure } from '../failures.ts'
import { readJson, writeOutput } from '../output.ts'
import { documentOf } from './openapi.ts'

export const client = command({
  summary: 'Writes the types of a client, for fastify-apikit/client and openapi-fetch.',
  takes: '[FILE]',
  most: 1,
  details: 'Needs openapi-typescript: npm install --save-dev openapi-typescript typescript.',
  options: {
    document: { type: 'string', short: 'd', value: 'FILE|URL', description: 'Document of another app. Default: that of the app, as of the command openapi.' },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'File of the types. Default: paths.d.ts.' },
    ...APP_OPTION
  },
  run: async ({ positionals: [file], values: { app, document, output = 'paths.d.ts' } }, io) => {
    const source = document === undefined
      ? await documentOf(io, file ?? app)
      : /^https?:/.test(document) ? new URL(document) : Object(readJson(io, document, 'Expected an OpenAPI document.'))
    writeOutput(io, output, await typesOf(source))
    return 0
  }
})

/**
 * Returns the types of a document: a module that exports `paths`. A file is a `Blob`.
 *
 * @throws Failure when the document cannot be read, or openapi-typescript is not installed
 */
export async function typesOf (document: object | URL): Promise<string> {
  const { default: openapiTypes, astToString, ts } = await generator()
  const blob = ts.factory.createTypeReferenceNode('Blob')
  const nodes = await openapiTypes(document instanceof URL ? document : JSON.stringify(document), {
    // What has a default need not be sent.
    defaultNonNullable: false,
    // In OpenAPI 3.1 a file is text of another media type.
    transform: (schema: SchemaObject) => 'contentMediaType' in schema && !('contentEncoding' in schema) ? blob : undefined,
    silent: true
  }).catch(error => { throw new Failure(`The document cannot be read: ${Object(error).message}`) })
  return astToString(nodes)
}

async function generator () {
  const missing = missingPeers(['openapi-typescript', 'typescript'])
  if (missing.length > 0) throw new Failure(`Missing packages. Install them: npm install --save-dev ${missing.join(' ')}.`)
  // The TypeScript that openapi-typescript has, whose nodes it takes.
  const ts: typeof import('typescript') = createRequire(import.meta.resolve('openapi-typescript'))('typescript')
  return { ...await import('openapi-typescript'), ts }
}
