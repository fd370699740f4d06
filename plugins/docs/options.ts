/**
 * What the document says of the whole, and where it is shown.
 *
 * @module
 */

import type { SwaggerTransform } from '@fastify/swagger'
import { type Static, Type } from '@sinclair/typebox'
import type { Webhooks } from './webhooks.ts'
import type { GenerateUniqueId } from './operation.ts'

/** The document, as `transform` may change it. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string, version: string, [keyword: string]: unknown }
  paths: Record<string, Record<string, { operationId: string, [keyword: string]: unknown }>>
  components?: { schemas?: Record<string, object>, securitySchemes?: Record<string, object>, [keyword: string]: unknown }
  [keyword: string]: unknown
}

/** Returns the document that is to be served, or changes the one that it is given. */
export type TransformDocument = (document: OpenApiDocument) => object | undefined | void

const Text = (description: string) => Type.Optional(Type.String({ description }))

const ExternalDocs = Type.Object({ url: Type.String(), description: Type.Optional(Type.String()) })

/** Empty is nowhere too: an environment has no `null`. */
const Url = (value: string, description: string) =>
  Type.Union([Type.String({ pattern: '^(/.*)?$' }), Type.Null()], { default: value, description })

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
  rootPathInServers: Type.Boolean({ default: true, description: 'Whether `rootPath` is among the servers.' }),
  mounted: Type.Boolean({
    default: false, description: 'The scope is an app of its own: its prefix is its server and not in its paths, and the document of the scope above leaves it out.'
  }),
  securitySchemes: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'Schemes that `schema.security` of a route names; those of dependencies come by themselves.'
  })),
  separateInputOutputSchemas: Type.Boolean({
    default: true, description: 'A model that is read in another form than it is written is `Name-Input` and `Name-Output`; `false` documents what is read for both.'
  }),
  generateUniqueId: Type.Optional(Type.Unsafe<GenerateUniqueId>(Type.Function([], Type.String(), {
    description: 'Makes the ids of operations: `({ name, path, method, tags, schema }) => string`; else as FastAPI does.'
  }))),
  webhooks: Type.Optional(Type.Unsafe<Webhooks>(Type.Record(Type.String(), Type.Record(Type.String(), Type.Any()), {
    description: 'What the app sends to others, by name: `{ paid: { post: { body: Event } } }`.'
  }))),
  transformSchema: Type.Optional(Type.Unsafe<SwaggerTransform>(Type.Function([], Type.Any(), {
    description: 'Makes JSON Schema of routes with schemas of another library, as the option `transform` of @fastify/swagger does: for zod, `jsonSchemaTransform` of @fastify/type-provider-zod.'
  }))),
  transform: Type.Optional(Type.Unsafe<TransformDocument>(Type.Function([], Type.Any(), {
    description: 'Changes the document once, before it is served first.'
  }))),
  openapiUrl: Url('/openapi.json', 'Where the document is; `null` or empty for nowhere, and then there are no pages either.'),
  docsUrl: Url('/docs', 'Where Swagger UI is; `null` for nowhere.'),
  redocUrl: Url('/redoc', 'Where ReDoc is; `null` for nowhere.'),
  oauth2RedirectUrl: Url('/docs/oauth2-redirect', 'Where Swagger UI is sent back to after a login; `null` for nowhere.'),
  docsTitle: Text('Title of Swagger UI’s page; else the title of the API and “- Swagger UI”.'),
  redocTitle: Text('Title of ReDoc’s page; else the title of the API and “- ReDoc”.'),
  faviconUrl: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'Icon of both pages, `null` for none; else Swagger UI has its own, and ReDoc none.' })),
  swaggerJsUrl: Text('Another `swagger-ui-bundle.js`.'),
  swaggerCssUrl: Text('Another `swagger-ui.css`.'),
  redocJsUrl: Text('Another `redoc.standalone.js`.'),
  swaggerUi: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Parameters of Swagger UI, over its defaults here.' }),
  initOAuth: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'What Swagger UI’s login is filled in with: `{ clientId, usePkceWithAuthorizationCodeGrant }`.'
  }))
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type DocsOptions = Partial<Static<typeof DocsOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof DocsOptions>
