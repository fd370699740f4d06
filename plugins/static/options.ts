import { type Static, Type } from '@sinclair/typebox'

export const StaticOptions = Type.Object({
  root: Type.String({ minLength: 1, description: 'Folder to serve; nothing outside it is, nor what starts with a dot.' }),
  prefix: Type.String({ default: '/static', pattern: '^/', description: 'Path below which the files are; `/` for the whole site.' }),
  name: Type.String({ default: 'static', description: "For links: `urlFor('static', { path: 'styles.css' })` of `templates`." }),
  html: Type.Boolean({ default: false, description: 'Serve `index.html` for a folder, and `404.html` for what is not there.' }),
  frontend: Type.Boolean({ default: false, description: 'It is a built frontend, with URLs of its own: it gives way to every route, and implies `html`.' }),
  fallback: Type.Union([Type.Literal('auto'), Type.Literal('index.html'), Type.Literal('404.html'), Type.Null()], {
    default: 'auto',
    description: 'What a frontend answers where no file is: `auto` is `404.html` if there is one, else `index.html` for whoever accepts HTML; `null` is neither.'
  }),
  public: Type.Optional(Type.Boolean({ description: 'Whether anyone may read the files: `false` asks the dependencies of the scope first. Required where they enforce a security scheme; else files are public, and a frontend is not.' })),
  maxAge: Type.Integer({ default: 0, minimum: 0, description: 'For how many seconds a file may be kept without asking; HTML is always asked for.' }),
  immutable: Type.Boolean({ default: false, description: 'Say that files never change under their names, within `maxAge`.' }),
  precompressed: Type.Boolean({ default: false, description: 'Send `app.js.br` or `app.js.gz` for `app.js` to whoever accepts it.' }),
  checkRoot: Type.Boolean({ default: true, description: 'Refuse to start when the folder is not there; else it may come later.' })
}, { additionalProperties: false })

/** What a caller may write: only `root` has no default. */
export type StaticOptions = Pick<Static<typeof StaticOptions>, 'root'> & Partial<Static<typeof StaticOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof StaticOptions>
