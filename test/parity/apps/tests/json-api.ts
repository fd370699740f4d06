import { Type } from '@sinclair/typebox'

export const JSON_API = 'application/vnd.api+json'

export const ApiError = Type.Object({ status: Type.String(), title: Type.String() }, { title: 'Error' })
export const JsonApiError = Type.Object({ errors: Type.Array(ApiError) }, { title: 'JsonApiError' })
