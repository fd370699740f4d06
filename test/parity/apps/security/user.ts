import { type Static, Type } from '@sinclair/typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

const fields = {
  username: Type.String(),
  email: Nullable(Type.String(), { default: null }),
  full_name: Nullable(Type.String(), { default: null }),
  disabled: Nullable(Type.Boolean(), { default: null })
}

export const User = Type.Object(fields, { title: 'User' })
export type User = Static<typeof User>

export const Token = Type.Object({
  access_token: Type.String(),
  token_type: Type.String()
}, { title: 'Token' })
