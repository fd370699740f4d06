/**
 * What a random app is made of, as JSON: `app.py` makes it a FastAPI app, and `app.ts` one of this project.
 *
 * @module
 */

/** Names of types without parts of their own. Those with `offset` are what FastAPI's are: `datetime` is a `Date` here. */
export type SimpleName = 'bool' | 'datetime' | 'offset_datetime' | 'offset_time' | 'date' | 'time' | 'timedelta' | 'uuid' | 'decimal' | 'email' | 'http_url' | 'any_url' | 'ipv4' | 'bytes' | 'any' | 'json' | 'file'

/** Constraints by pydantic's names. */
interface Bounds {
  readonly ge?: number
  readonly gt?: number
  readonly le?: number
  readonly lt?: number
  readonly multiple_of?: number
}

interface Length {
  readonly min_length?: number
  readonly max_length?: number
}

export type Kind =
  | { readonly k: SimpleName }
  /** `big`: of any size here too. */
  | { readonly k: 'int', readonly big?: true } & Bounds
  | { readonly k: 'float', readonly allow_inf_nan?: false } & Bounds
  | { readonly k: 'str', readonly pattern?: string } & Length
  | { readonly k: 'enum', readonly name: string, readonly values: readonly [string | number, ...Array<string | number>] }
  | { readonly k: 'literal', readonly values: readonly [string | number | boolean, ...Array<string | number | boolean>] }
  | { readonly k: 'list' | 'set', readonly of: Kind } & Length
  | { readonly k: 'tuple', readonly of: readonly Kind[] }
  | { readonly k: 'dict', readonly key: Kind, readonly value: Kind }
  | { readonly k: 'nullable', readonly of: Kind }
  | { readonly k: 'union', readonly of: readonly Kind[], readonly discriminator?: string }
  | { readonly k: 'model', readonly name: string }

export interface Field {
  readonly name: string
  readonly type: Kind
  /** Required without. */
  readonly default?: unknown
  readonly alias?: string
}

export interface Model {
  readonly name: string
  readonly fields: readonly Field[]
  readonly extra?: 'forbid' | 'allow'
}

export type Place = 'path' | 'query' | 'header' | 'cookie' | 'body' | 'form' | 'file'

export interface Parameter extends Field {
  readonly in: Place
  /** One body parameter as a property of the body. Several always are. */
  readonly embed?: boolean
}

/** The endpoint returns the body; this is what the response model makes of it. */
export interface ResponseModel {
  readonly type: Kind
  readonly exclude_unset?: boolean
  readonly exclude_defaults?: boolean
  readonly exclude_none?: boolean
  readonly by_name?: boolean
}

export interface Route {
  /** Of the endpoint's function. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/items/{item_id}` */
  readonly path: string
  readonly status: number
  readonly parameters: readonly Parameter[]
  readonly response?: ResponseModel
}

export interface AppDescription {
  readonly seed: number
  readonly models: readonly Model[]
  readonly routes: readonly Route[]
}
