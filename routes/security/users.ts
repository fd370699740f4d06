import { type Static, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../plugins/types/index.ts'

/** A user as others may see him. */
export const User = Type.Object({
  username: Type.String(),
  email: Nullable(Type.String(), { default: null }),
  full_name: Nullable(Type.String(), { default: null }),
  disabled: Nullable(Type.Boolean(), { default: null })
}, { title: 'User' })

export interface StoredUser extends Static<typeof User> {
  readonly hashedPassword: string
}

/** The passwords are `secret` and `secret2`. */
export const users: ReadonlyMap<string, StoredUser> = new Map([
  {
    username: 'johndoe',
    full_name: 'John Doe',
    email: 'johndoe@example.com',
    hashedPassword: '$argon2id$v=19$m=19456,t=2,p=1$ZL6uMfBbg0jz7chiUvqVUg$wOILTmWuxSTG2rxYgTK3Qz6KHU+b0EqrSXbfcXLVZZE',
    disabled: false
  },
  {
    username: 'alice',
    full_name: 'Alice Wonderson',
    email: 'alice@example.com',
    hashedPassword: '$argon2id$v=19$m=19456,t=2,p=1$n8mClcxVVpOkMna/aQlp+Q$chNpt7xjzDTxJWgwb0REq9vZviLbCdULVp6nhDfWzYs',
    disabled: true
  }
].map(user => [user.username, user]))
