import { listenWith } from './apikit.ts'

/** Each statement built anew, as most are written. */
export default async function listen (): Promise<number> {
  return listenWith({
    find: (db, id) => db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst(),
    insert: (db, user) => db.insertInto('users').values(user).returningAll().executeTakeFirstOrThrow()
  })
}
