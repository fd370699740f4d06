/**
 * The sections of the tour, in the order of FastAPI's tutorial: for the page `/` and for the tags of the document.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Section {
  /** The folder in `routes/`, the first part of the URL and the tag in the document. */
  readonly name: string
  readonly title: string
  /** One sentence. */
  readonly description: string
  /** URL of the chapter that the section follows. */
  readonly chapter: string
  /** URLs of its pages for people, below the section. */
  readonly pages?: readonly string[]
  /** None of its routes are in the document. */
  readonly hidden?: boolean
}

const fastapi = (path: string): string => `https://fastapi.tiangolo.com/${path}/`

export const SECTIONS: readonly Section[] = [
  { name: 'basic', title: 'First steps', description: 'One route.', chapter: fastapi('tutorial/first-steps') },
  { name: 'path', title: 'Path parameters', description: 'Types and bounds of what stands in the path.', chapter: fastapi('tutorial/path-params-numeric-validations') },
  { name: 'query', title: 'Query parameters', description: 'Defaults, lists, bounds and aliases.', chapter: fastapi('tutorial/query-params-str-validations') },
  { name: 'request', title: 'Request body', description: 'One model, or several values in one object.', chapter: fastapi('tutorial/body-multiple-params') },
  { name: 'fields', title: 'Nested models', description: 'Lists, sets and dictionaries of models, with bounds on their fields.', chapter: fastapi('tutorial/body-nested-models') },
  { name: 'types', title: 'Extra data types', description: 'Dates, durations, UUIDs, decimals, sets and bytes.', chapter: fastapi('tutorial/extra-data-types') },
  { name: 'cookie', title: 'Cookie parameters', description: 'Cookies, typed and checked.', chapter: fastapi('tutorial/cookie-params') },
  { name: 'header', title: 'Header parameters', description: 'Headers, typed and checked.', chapter: fastapi('tutorial/header-params') },
  { name: 'response', title: 'Response model', description: 'The response schema filters what the handler returns.', chapter: fastapi('tutorial/response-model') },
  { name: 'stream', title: 'Streams and events', description: 'JSON lines and server-sent events from generators.', chapter: fastapi('tutorial/server-sent-events'), pages: ['/stream/'] },
  { name: 'chat', title: 'WebSockets', description: 'A chat with typed messages, across processes.', chapter: fastapi('advanced/websockets'), pages: ['/chat/'] },
  { name: 'forms', title: 'Form data', description: 'Form fields, typed and checked.', chapter: fastapi('tutorial/request-forms'), pages: ['/forms/'] },
  { name: 'uploads', title: 'Request files', description: 'A file of up to one gigabyte, read while it arrives.', chapter: fastapi('tutorial/request-files'), pages: ['/uploads/'] },
  { name: 'errors', title: 'Handling errors', description: 'Errors with a status and headers, and handlers for error classes.', chapter: fastapi('tutorial/handling-errors') },
  { name: 'encoder', title: 'JSON encoder', description: 'Turns a model into plain JSON values for a store.', chapter: fastapi('tutorial/encoder') },
  { name: 'update', title: 'Body updates', description: 'PUT replaces an item, PATCH changes some of its fields.', chapter: fastapi('tutorial/body-updates') },
  { name: 'dependency', title: 'Dependencies', description: 'Shared parameters, guards, and resources that are closed after the response.', chapter: fastapi('tutorial/dependencies') },
  { name: 'security', title: 'Security', description: 'Log in with a password, get a token, use it. User johndoe, password secret.', chapter: fastapi('tutorial/security/oauth2-jwt') },
  { name: 'middleware', title: 'Middleware', description: 'Hooks before and after the handler.', chapter: fastapi('tutorial/middleware') },
  { name: 'hosts', title: 'CORS', description: 'Pages of four listed origins may call these routes.', chapter: fastapi('tutorial/cors') },
  { name: 'database', title: 'SQL databases', description: 'Users in SQLite or PostgreSQL, one session per request.', chapter: fastapi('tutorial/sql-databases') },
  { name: 'blueprint', title: 'Bigger applications', description: 'Several files. What a folder declares applies to all routes in it.', chapter: fastapi('tutorial/bigger-applications') },
  { name: 'background', title: 'Background tasks', description: 'Functions that run after the response.', chapter: fastapi('tutorial/background-tasks') },
  { name: 'tasks', title: 'Task queue', description: 'Tasks that are stored, retried and listed on a page.', chapter: `${fastapi('tutorial/background-tasks')}#caveat`, pages: ['/tasks/'], hidden: true },
  { name: 'templates', title: 'Templates', description: 'HTML from a template, with links to routes and files.', chapter: fastapi('advanced/templates'), pages: ['/templates/data/hello'] },
  { name: 'views', title: 'Pages', description: 'A login page that shows errors beside the form, and a list of users.', chapter: fastapi('advanced/templates'), pages: ['/views/login', '/views/users'], hidden: true },
  { name: 'account', title: 'Accounts', description: 'Sign up, log in, refresh the token, log out.', chapter: fastapi('tutorial/security') },
  { name: 'okta', title: 'Okta', description: 'Access tokens of Okta or another OpenID provider.', chapter: fastapi('tutorial/security') }
]

const byName: ReadonlyMap<string, Section> = new Map(SECTIONS.map(section => [section.name, section]))

/** Returns the section of a path below `prefix`, if it belongs to one. */
export function sectionOf (path: string, prefix: string): Section | undefined {
  return byName.get(path.slice(prefix.length).split('/')[1] ?? '')
}

/** A source file of a section. */
export interface Source {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
}

/** Reads the source files of a section. */
export function sourcesOf ({ name }: Section): Source[] {
  return readdirSync(join(import.meta.dirname, name), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .sort()
    .map(file => ({ path: `routes/${name}/${file}`, text: readFileSync(join(import.meta.dirname, name, file), 'utf8') }))
}
