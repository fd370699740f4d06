/**
 * OAuth 2.0 with oauth4webapi, over our transport and with our errors.
 *
 * @module
 */

import type * as oauth4webapi from 'oauth4webapi'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED, APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import type { IssuerOptions } from './options.ts'
import { IssuerUnavailable } from './refusals.ts'
import type { Transport } from './transport.ts'

type Library = typeof oauth4webapi

export class OAuth {
  readonly #library: Library
  readonly #options: IssuerOptions
  readonly #http: object

  constructor (options: IssuerOptions, transport: Transport) {
    const library = this.#library = optionalPeer<Library>('fastify-apikit/openid', 'oauth4webapi')
    this.#options = options
    // The options have decided which URLs may be http.
    this.#http = { [library.customFetch]: transport.ask, [library.allowInsecureRequests]: true }
  }

  discover (issuer: URL): Promise<oauth4webapi.AuthorizationServer> {
    return this.#answered(async ({ discoveryRequest, processDiscoveryResponse }) =>
      processDiscoveryResponse(issuer, await discoveryRequest(issuer, this.#http)))
  }

  introspect (server: oauth4webapi.AuthorizationServer, token: string): Promise<oauth4webapi.IntrospectionResponse> {
    const { client, auth } = this.#client('introspection')
    return this.#answered(async ({ introspectionRequest, processIntrospectionResponse }) =>
      processIntrospectionResponse(server, client, await introspectionRequest(server, client, auth, token, this.#http)))
  }

  clientCredentials (server: oauth4webapi.AuthorizationServer, parameters: Record<string, string>): Promise<oauth4webapi.TokenEndpointResponse> {
    const { client, auth } = this.#client('clientToken')
    return this.#answered(async ({ clientCredentialsGrantRequest, processClientCredentialsResponse }) =>
      processClientCredentialsResponse(server, client, await clientCredentialsGrantRequest(server, client, auth, parameters, this.#http)))
  }

  /** @throws APIKIT_ERR_OPENID_SETUP when the options have no client with a secret */
  requireClient (who: string): { readonly clientId: string, readonly clientSecret: string } {
    const { clientId, clientSecret } = this.#options
    if (clientId === undefined || clientSecret === undefined) throw new APIKIT_ERR_OPENID_SETUP(`${who}() needs the options clientId and clientSecret`)
    return { clientId, clientSecret }
  }

  #client (who: string): { readonly client: oauth4webapi.Client, readonly auth: oauth4webapi.ClientAuth } {
    const { clientId, clientSecret } = this.requireClient(who)
    const { ClientSecretBasic, ClientSecretPost } = this.#library
    return { client: { client_id: clientId }, auth: (this.#options.clientAuth === 'basic' ? ClientSecretBasic : ClientSecretPost)(clientSecret) }
  }

  async #answered<Answer> (ask: (library: Library) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(this.#library)
    } catch (error) {
      throw translated(error, this.#library)
    }
  }
}

/** Drops the issuer's response, which may have secrets, from the library's errors. */
function translated (error: unknown, { ResponseBodyError, WWWAuthenticateChallengeError }: Library): unknown {
  if (error instanceof IssuerUnavailable) return error
  if (error instanceof ResponseBodyError) return new APIKIT_ERR_OPENID_REFUSED(`${error.status} ${error.error}`)
  if (error instanceof WWWAuthenticateChallengeError) return new APIKIT_ERR_OPENID_REFUSED(String(error.status))
  if (error instanceof Error && error.cause instanceof Response && error.cause.status !== 200) return new APIKIT_ERR_OPENID_REFUSED(String(error.cause.status))
  return new APIKIT_ERR_OPENID_ANSWER(String(Object(error).message))
}
