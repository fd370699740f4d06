import { listening } from '../listening.ts'
import { buildWith } from './apikit.ts'

/** Each statement built anew, as most are written. */
const build = () => buildWith({
  find: (db, id) => db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst(),
  insert: (db, user) => db.insertInto('users').values(user).returningAll().executeTakeFirstOrThrow()
})

export default async (): Promise<number> => listening(await build())
