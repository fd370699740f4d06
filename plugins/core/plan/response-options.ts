/**
 * What of a response model is sent: FastAPI's `response_model_exclude_unset` and its kin. Said by a route, and by the
 * scopes above it.
 *
 * @module
 */

/** Fields by name, at whatever depth: `['name', 'price']`, or `{ name: true, owner: ['id'] }`. Lists, sets, maps and unions are looked through. */
export type Selection = readonly string[] | { readonly [field: string]: true | Selection }

/** What of a response model is sent. */
export interface ResponseOptions {
  /** Leaves away what the value does not have, rather than to fill in defaults; of a request's body, what the client did not send. */
  readonly excludeUnset?: boolean
  /** Leaves away what is as it would be by default. */
  readonly excludeDefaults?: boolean
  /** Leaves away what is null. */
  readonly excludeNull?: boolean
  /** Sends these fields, and no others. */
  readonly include?: Selection
  /** Sends all fields but these. */
  readonly exclude?: Selection
  /** `false` writes the fields by their own names, whatever their `alias`. */
  readonly byAlias?: boolean
}
