/**
 * The options of the plugin.
 *
 * @module
 */

import type { SwaggerTransform } from '@fastify/swagger'
import { type Static, Type } from '@sinclair/typebox'
import { rootPathOptions } from '../core/http/root-path.ts'
import type { Webhooks } from './webhooks.ts'
import type { GenerateUniqueId } from './operation.ts'

/** The document, as `transform` gets it. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string, version: string, [keyword: string]: unknown }
  paths: Record<string, Record<string, { operationId: string, [keyword: string]: unknown }>>
  components?: { schemas?: Record<string, object>, securitySchemes?: Record<string, object>, [keyword: string]: unknown }
  [keyword: string]: unknown
}

/** Returns the document to serve, or changes its argument. */
export type TransformDocument = (document: OpenApiDocument) => object | undefined | void

const Text = (description: string) => Type.Optional(Type.String({ description }))

const ExternalDocs = Type.Object({ url: Type.String(), description: Type.Optional(Type.String()) })

/** Empty means disabled too, since environment variables have no `null`. */
const Url = (value: string, description: string) =>
  Type.Union([Type.String({ pattern: '^(/.*)?$' }), Type.Null()], { default: value, description })

export const DocsOptions = Type.Object({
  title: Type.String({ default: 'Fastify', description: 'Title of the API.' }),
  version: Type.String({ default: '0.1.0', description: 'Version of the API (not of OpenAPI).' }),
  summary: Text('Summary of the API, one sentence.'),
  description: Text('Description of the API, in Markdown.'),
  termsOfService: Text('URL of the terms of service.'),
  contact: Type.Optional(Type.Object({
    name: Type.Optional(Type.String()), url: Type.Optional(Type.String()), email: Type.Optional(Type.String())
  }, { description: 'Contact: `{ name, url, email }`.' })),
  license: Type.Optional(Type.Object({
    name: Type.String(), identifier: Type.Optional(Type.String()), url: Type.Optional(Type.String())
  }, { description: 'License: `{ name, identifier }` (SPDX) or `{ name, url }`.' })),
  tags: Type.Array(Type.Object({
    name: Type.String(), description: Type.Optional(Type.String()), externalDocs: Type.Optional(ExternalDocs)
  }), { default: [], description: 'Tags with descriptions, in the order in which they are shown.' }),
  externalDocs: Type.Optional(Type.Object(ExternalDocs.properties, { description: 'Further documentation: `{ url, description }`.' })),
  servers: Type.Array(Type.Object({
    url: Type.String(), description: Type.Optional(Type.String())
  }), { default: [], description: 'Servers of the API. By default the one that serves the document.' }),
  ...rootPathOptions,
  rootPathInServers: Type.Boolean({ default: true, description: 'List the prefix among the servers.' }),
  mounted: Type.Boolean({
    default: false, description: 'Make the scope an app of its own: its prefix becomes its server, and the document of the scope above leaves its routes out.'
  }),
  securitySchemes: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'Security schemes that routes name in `schema.security`. Those of dependencies are added automatically.'
  })),
  separateInputOutputSchemas: Type.Boolean({
    default: true, description: 'Document a model that differs in requests and responses as `Name-Input` and `Name-Output`. If false, only the request form is documented.'
  }),
  generateUniqueId: Type.Optional(Type.Unsafe<GenerateUniqueId>(Type.Function([], Type.String(), {
    description: 'Creates operation IDs: `({ name, path, method, tags, schema }) => string`. By default as FastAPI does.'
  }))),
  webhooks: Type.Optional(Type.Unsafe<Webhooks>(Type.Record(Type.String(), Type.Record(Type.String(), Type.Any()), {
    description: 'Requests that the app sends, by name: `{ paid: { post: { body: Event } } }`.'
  }))),
  transformSchema: Type.Optional(Type.Unsafe<SwaggerTransform>(Type.Function([], Type.Any(), {
    description: 'Converts schemas of another library to JSON Schema, as the option `transform` of @fastify/swagger. For zod: `jsonSchemaTransform` of @fastify/type-provider-zod.'
  }))),
  transform: Type.Optional(Type.Unsafe<TransformDocument>(Type.Function([], Type.Any(), {
    description: 'Changes the document once, before it is first served.'
  }))),
  openapiUrl: Url('/openapi.json', 'URL of the document. `null` or empty disables it, and the pages with it.'),
  docsUrl: Url('/docs', 'URL of Swagger UI. `null` disables it.'),
  redocUrl: Url('/redoc', 'URL of ReDoc. `null` disables it.'),
  oauth2RedirectUrl: Url('/docs/oauth2-redirect', 'URL to which a login of Swagger UI redirects. `null` disables it.'),
  docsTitle: Text('Title of the Swagger UI page. By default the title of the API and “- Swagger UI”.'),
  redocTitle: Text('Title of the ReDoc page. By default the title of the API and “- ReDoc”.'),
  faviconUrl: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'Icon of both pages, `null` for none. By default that of Swagger UI, and none for ReDoc.' })),
  swaggerJsUrl: Text('Another `swagger-ui-bundle.js`.'),
  swaggerCssUrl: Text('Another `swagger-ui.css`.'),
  redocJsUrl: Text('Another `redoc.standalone.js`.'),
  swaggerUi: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Parameters of Swagger UI. They override the defaults.' }),
  initOAuth: Type.Optional(Type.Record(Type.String(), Type.Unknown(), {
    description: 'Default values of the login in Swagger UI: `{ clientId, usePkceWithAuthorizationCodeGrant }`.'
  }))
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type DocsOptions = Partial<Static<typeof DocsOptions>>

/** The options with their defaults. */
export type ParsedOptions = Static<typeof DocsOptions>
