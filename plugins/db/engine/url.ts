/**
 * What a `DATABASE_URL` says.
 *
 * @module
 */

import { APIKIT_ERR_DB_URL } from '../errors.ts'

/** Where the database is. */
export type Location =
  | { readonly dialect: 'sqlite', readonly path: string, readonly memory: boolean }
  | { readonly dialect: 'postgres', readonly url: string }

const FORMS = 'sqlite:./app.db, sqlite:///app.db (the same, as SQLAlchemy writes it), sqlite:////var/lib/app.db, sqlite::memory:, postgres://user:password@host:5432/name'

/**
 * Reads a URL of a database.
 *
 * @throws APIKIT_ERR_DB_URL, which never shows the URL, as there may be a password in it
 * @see https://docs.sqlalchemy.org/en/20/core/engines.html#sqlite
 */
export function locate (url: string): Location {
  const [, scheme = ''] = /^([a-z][a-z\d+]*):/i.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'postgres': case 'postgresql':
      if (!URL.canParse(url)) throw new APIKIT_ERR_DB_URL(`url is invalid. Expected: ${FORMS}`)
      return { dialect: 'postgres', url }
    case 'sqlite': {
      const rest = url.slice('sqlite:'.length)
      const path = rest.startsWith('///') ? rest.slice(3) : rest
      if (path === ':memory:' || rest === '//') return { dialect: 'sqlite', path: ':memory:', memory: true }
      if (path === '' || path.startsWith('//') || path.endsWith('/')) throw new APIKIT_ERR_DB_URL(`url must name a file. Expected: ${FORMS}`)
      return { dialect: 'sqlite', path, memory: false }
    }
    default:
      throw new APIKIT_ERR_DB_URL(`unsupported database "${scheme}:" in url. Expected: ${FORMS}`)
  }
}
