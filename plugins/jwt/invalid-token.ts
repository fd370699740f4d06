import type { SecurityScopes } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { challenge } from '../security/index.ts'

/**
 * A token that is not believed: 401 "Could not validate credentials", whatever is wrong with it.
 *
 * ```ts
 * app.handle(InvalidToken, (error, request) => { request.log.info(error.reason) })
 * ```
 */
export class InvalidToken extends Unauthorized {
  /** What is wrong with it, for those who look after the server. */
  readonly reason: string

  /** @param asked the scopes that `WWW-Authenticate` names */
  constructor (reason: string, asked?: SecurityScopes, options?: ErrorOptions) {
    super('Could not validate credentials', challenge(asked), options)
    this.reason = reason
  }
}
