/**
 * What the document says of the whole, and where it is shown.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

const Text = (description: string) => Type.Optional(Type.String({ description }))

const ExternalDocs = Type.Object({ url: Type.String(), description: Type.Optional(Type.String()) })

const Url = (value: string, description: string) =>
  Type.Union([Type.String({ pattern: '^/' }), Type.Null()], { default: value, description })

export const DocsOptions = Type.Object({
  title: Type.String({ default: 'Fastify', description: 'Title of the API.' }),
  version: Type.String({ default: '0.1.0', description: 'Version of the API, not of OpenAPI.' }),
  summary: Text('One sentence about it.'),
  description: Text('A text about it, in Markdown.'),
  termsOfService: Text('URL of the terms.'),
  contact: Type.Optional(Type.Object({
    name: Type.Optional(Type.String()), url: Type.Optional(Type.String()), email: Type.Optional(Type.String())
  }, { description: 'Whom to ask: `{ name, url, email }`.' })),
  license: Type.Optional(Type.Object({
    name: Type.String(), identifier: Type.Optional(Type.String()), url: Type.Optional(Type.String())
  }, { description: 'Its license: `{ name, identifier }` (SPDX) or `{ name, url }`.' })),
  tags: Type.Array(Type.Object({
    name: Type.String(), description: Type.Optional(Type.String()), externalDocs: Type.Optional(ExternalDocs)
  }), { default: [], description: 'What the tags of the routes mean, in the order in which they are shown.' }),
  externalDocs: Type.Optional(Type.Object(ExternalDocs.properties, { description: 'Where to read more: `{ url, description }`.' })),
  servers: Type.Array(Type.Object({
    url: Type.String(), description: Type.Optional(Type.String())
  }), { default: [], description: 'Where the API is served, if not where the document is.' }),
  rootPath: Type.String({
    default: '', pattern: '^(/.*[^/])?$', description: 'Path that a proxy takes off before the app sees it: it is a server, and goes before the addresses in the pages.'
  }),
  securitySchemes: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'Schemes that `schema.security` of a route names; those of dependencies come by themselves.'
  })),
  openapiUrl: Url('/openapi.json', 'Where the document is; `null` for nowhere, and then there are no pages either.'),
  docsUrl: Url('/docs', 'Where Swagger UI is; `null` for nowhere.'),
  redocUrl: Url('/redoc', 'Where ReDoc is; `null` for nowhere.'),
  oauth2RedirectUrl: Url('/docs/oauth2-redirect', 'Where Swagger UI is sent back to after a login; `null` for nowhere.'),
  swaggerUi: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Parameters of Swagger UI, over its defaults here.' }),
  initOAuth: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'What Swagger UI’s login is filled in with: `{ clientId, usePkceWithAuthorizationCodeGrant }`.'
  }))
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type DocsOptions = Partial<Static<typeof DocsOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof DocsOptions>
