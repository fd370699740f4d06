import { type Static, Type } from '@sinclair/typebox'

export const StaticOptions = Type.Object({
  root: Type.String({ minLength: 1, description: 'Folder to serve. Files outside of it, and names that start with a dot, are not served.' }),
  prefix: Type.String({ default: '/static', pattern: '^/', description: 'URL prefix of the files. `/` serves them from the root.' }),
  name: Type.String({ default: 'static', description: "Name for links: `urlFor('static', { path: 'styles.css' })` of `templates`. Must be unique." }),
  html: Type.Boolean({ default: false, description: 'Serves `index.html` for a folder, and `404.html` for missing files.' }),
  frontend: Type.Boolean({ default: false, description: 'Serves a built frontend with URLs of its own (single-page app). All routes take precedence. Implies `html`.' }),
  fallback: Type.Union([Type.Literal('auto'), Type.Literal('index.html'), Type.Literal('404.html'), Type.Null()], {
    default: 'auto',
    description: 'File that a frontend sends for unknown paths. `auto`: `404.html` if it exists, else `index.html` for requests that accept HTML. `null`: none.'
  }),
  public: Type.Optional(Type.Boolean({ description: 'If `false`, the dependencies of the scope run before a file is sent. Required if they enforce a security scheme. Default: `true` for files, `false` for a frontend.' })),
  maxAge: Type.Integer({ default: 0, minimum: 0, description: 'Time in seconds for which browsers may cache a file. HTML is always revalidated.' }),
  immutable: Type.Boolean({ default: false, description: 'Tells browsers that files do not change within `maxAge` (`Cache-Control: immutable`).' }),
  precompressed: Type.Boolean({ default: false, description: 'Sends `app.js.br` or `app.js.gz` for `app.js` to clients that accept it.' }),
  checkRoot: Type.Boolean({ default: true, description: 'If `true`, startup fails if the folder does not exist. If `false`, it may be created later.' })
}, { additionalProperties: false })

/** Options of the plugin. Only `root` is required. */
export type StaticOptions = Pick<Static<typeof StaticOptions>, 'root'> & Partial<Static<typeof StaticOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof StaticOptions>
