import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { SchemaObject } from 'openapi-typescript'
import { missingPeers } from '../../../plugins/core/peer.ts'
import { isFile } from '../app-file.ts'
import { APP_OPTION, command, type Io } from '../command.ts'
import { Failure, UsageError } from '../failures.ts'
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
    const source = document === undefined ? await documentOf(io, file ?? app) : sourceOf(io, document)
    writeOutput(io, output, await typesOf(source))
    return 0
  }
})

/** @throws UsageError when there is no such file, or it is no URL */
function sourceOf (io: Io, document: string): object | URL {
  if (!/^https?:/i.test(document)) {
    if (!isFile(resolve(io.cwd, document))) throw new UsageError(`The document ${document} does not exist in ${io.cwd}`)
    return Object(readJson(io, document, 'Expected an OpenAPI document.'))
  }
  if (!URL.canParse(document)) throw new UsageError(`The URL ${document} is invalid`)
  return new URL(document)
}

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
  }).catch(error => { throw new Failure(`The document${document instanceof URL ? ` ${document.href}` : ''} cannot be read: ${reasonOf(error)}`) })
  return astToString(nodes)
}

/** Of a failed `fetch`, which openapi-typescript wraps, the cause says why: its message alone is "fetch failed". */
function reasonOf (error: unknown): string {
  const { message, originalError } = Object(error)
  const { cause } = Object(originalError)
  return cause === undefined ? message : `${message} (${Object(cause).code ?? Object(cause).message})`
}

async function generator () {
  const missing = missingPeers(['openapi-typescript', 'typescript'])
  if (missing.length > 0) throw new Failure(`Missing packages. Install them: npm install --save-dev ${missing.join(' ')}.`)
  // The TypeScript that openapi-typescript has, whose nodes it takes.
  const ts: typeof import('typescript') = createRequire(import.meta.resolve('openapi-typescript'))('typescript')
  return { ...await import('openapi-typescript'), ts }
}
