import { Type } from '@fastify/type-provider-typebox'
import { Email, Nullable } from '../../../../plugins/types/index.ts'

const username = Type.String()
const password = Type.String()
const contact = { email: Email(), full_name: Nullable(Type.String(), { default: null }) }

export const UserIn = Type.Object({ username, password, ...contact }, { title: 'UserIn' })
export const UserOut = Type.Object({ username, ...contact }, { title: 'UserOut' })
export const BaseUser = Type.Object({ username, ...contact }, { title: 'BaseUser' })
/** With the fields of its base first, as a class that inherits them. */
export const InheritedUser = Type.Object({ username, ...contact, password }, { title: 'UserIn' })
