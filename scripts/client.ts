/**
 * Writes the types of a client: `npm run client -- [--document FILE|URL] [--out FILE]`. Without a document that of the
 * reference app is taken.
 *
 * @module
 */

import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import openapiTypes, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { referenceDocument } from './openapi.ts'

const BLOB = ts.factory.createTypeReferenceNode('Blob')

/** The types of a document, as a module of TypeScript that exports `paths`; a file is a `Blob`. */
export async function typesOf (document: object | URL): Promise<string> {
  const source = document instanceof URL ? document : JSON.stringify(document)
  return astToString(await openapiTypes(source, {
    // What has a default need not be sent.
    defaultNonNullable: false,
    // In OpenAPI 3.1 a file is text of another media type.
    transform: schema => 'contentMediaType' in schema && !('contentEncoding' in schema) ? BLOB : undefined
  }))
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { document: { type: 'string' }, out: { type: 'string', default: join(import.meta.dirname, '..', 'test', 'paths.d.ts') } } })
  const document = values.document === undefined ? await referenceDocument() : new URL(values.document, pathToFileURL(join(process.cwd(), '/')))
  writeFileSync(values.out, await typesOf(document))
  console.log(`written: ${relative(process.cwd(), values.out)}`)
}
