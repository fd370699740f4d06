/**
 * What the GET is about: users by their tokens, and items of which a client may not see everything.
 *
 * @module
 */

export interface User {
  readonly name: string
}

export const USERS: ReadonlyMap<string, User> = new Map([['token-of-alice', { name: 'alice' }], ['token-of-bob', { name: 'bob' }]])

const ITEMS = Array.from({ length: 20 }, (_, i) => ({ id: i + 1, name: `item ${i + 1}`, price: 2.5 + i, cost: 1 }))

/** One page of a user's items, with more in each than the response model lets out. */
export function pageOf (user: User, userId: number, skip: number, limit: number) {
  return { userId, owner: user.name, skip, limit, items: ITEMS.slice(skip, skip + limit) }
}

/** The user of an `Authorization` header, if it names one. */
export function userOf (authorization: string | undefined): User | undefined {
  return authorization?.startsWith('Bearer ') === true ? USERS.get(authorization.slice(7)) : undefined
}
