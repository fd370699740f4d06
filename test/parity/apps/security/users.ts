/**
 * The users of the tutorials with tokens, and what their passwords are.
 *
 * @module
 */

import { password } from '../../../../plugins/security/index.ts'
import type { User } from './user.ts'

interface StoredUser extends User {
  readonly hashedPassword: string
}

export const secret = '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'

export const users: ReadonlyMap<string, StoredUser> = new Map([
  {
    username: 'johndoe',
    full_name: 'John Doe',
    email: 'johndoe@example.com',
    hashedPassword: '$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc', // secret
    disabled: false
  },
  {
    username: 'alice',
    full_name: 'Alice Chains',
    email: 'alicechains@example.com',
    hashedPassword: '$argon2id$v=19$m=65536,t=3,p=4$g2/AV1zwopqUntPKJavBFw$BwpRGDCyUHLvHICnwijyX8ROGoiUPwNKZ7915MeYfCE', // secretalice
    disabled: true
  }
].map(user => [user.username, user]))

/** The user whose password it is. */
export async function authenticate (username: string, text: string): Promise<User | undefined> {
  const user = users.get(username)
  return await password.verify(text, user?.hashedPassword) ? user : undefined
}
