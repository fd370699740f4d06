/**
 * Options that reach a plugin without being its own. Fastify reads some of them itself; @fastify/autoload and fastify-cli
 * hand all they are given to every plugin they load, those of the server among them (`fastify start --options`).
 *
 * @module
 */

import type { Server as HttpServer } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { FastifyHttp2SecureOptions, FastifyHttpOptions, FastifyHttpsOptions, FastifyInstance, RegisterOptions } from 'fastify'

type ServerOption = keyof FastifyHttpOptions<HttpServer> | keyof FastifyHttpsOptions<HttpsServer> | keyof FastifyHttp2SecureOptions<Http2SecureServer>

/** Of `app.register`, and of autoload and the CLI. */
const OF_REGISTER: ReadonlySet<string> = new Set([
  'prefix', 'logLevel', 'logSerializers', 'skipOverride', 'encapsulate', 'autoPrefix', 'prefixOverride'
] satisfies Array<keyof RegisterOptions | 'skipOverride' | 'encapsulate' | 'autoPrefix' | 'prefixOverride'>)

/** Of `Fastify()`. */
const OF_SERVER: ReadonlySet<string> = new Set([
  'ajv', 'allowErrorHandlerOverride', 'allowUnsafeRegex', 'bodyLimit', 'caseSensitive', 'childLoggerFactory', 'clientErrorHandler', 'connectionTimeout',
  'constraints', 'disableRequestLogging', 'exposeHeadRoutes', 'forceCloseConnections', 'frameworkErrors', 'genReqId', 'handlerTimeout', 'http', 'http2',
  'http2SessionTimeout', 'https', 'ignoreDuplicateSlashes', 'ignoreTrailingSlash', 'keepAliveTimeout', 'logController', 'logger', 'loggerInstance', 'maxParamLength',
  'maxRequestsPerSocket', 'onConstructorPoisoning', 'onProtoPoisoning', 'pluginTimeout', 'querystringParser', 'requestIdHeader', 'requestIdLogLabel', 'requestTimeout',
  'return503OnClosing', 'rewriteUrl', 'routerOptions', 'schemaController', 'schemaErrorFormatter', 'serializerOpts', 'serverFactory', 'trustProxy',
  'useSemicolonDelimiter'
] satisfies ServerOption[])

/**
 * Whether an option was meant for somebody else than the plugin that found it.
 *
 * @param app the scope in which the plugin is registered
 */
export function isHostOption (app: FastifyInstance, name: string, value: unknown): boolean {
  if (OF_REGISTER.has(name)) return true
  if (!OF_SERVER.has(name)) return false
  // With another value than the server has, it was written for the plugin, and would do nothing.
  const ofServer: unknown = Reflect.get(app.initialConfig, name)
  return ofServer === undefined || ofServer === value || Object(value) === value
}
