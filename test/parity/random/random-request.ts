/**
 * A random request for a route.
 *
 * @module
 */

import type { AppDescription, Kind, Parameter, Place, Route } from './description.ts'
import type { Dice } from './dice.ts'
import type { Header } from '../scenarios.ts'
import { type Mood, Values, write } from './values.ts'

export interface RandomRequest {
  readonly method: string
  readonly path: string
  /** Raw parts between `&`. */
  readonly query: readonly string[]
  readonly headers: readonly Header[]
  readonly cookies: readonly string[]
  readonly body: Body
}

/** What a body is made of, so that parts of it can be left out. */
export type Body =
  | { readonly as: 'none' }
  | { readonly as: 'json', readonly type: string | undefined, readonly value: unknown }
  | { readonly as: 'raw', readonly type: string | undefined, readonly bytes: Buffer }
  | { readonly as: 'urlencoded', readonly type: string | undefined, readonly pairs: readonly string[] }
  | { readonly as: 'multipart', readonly type: string | undefined, readonly parts: readonly Buffer[], readonly isCut: boolean }

const BOUNDARY = 'x-boundary'

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'application/vnd.api+json', 'APPLICATION/JSON'] as const
const OTHER_TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', 'application/xml', 'text/json', 'application/jsonx', 'multipart/form-data', 'multipart/form-data; boundary=q', undefined] as const

const BROKEN = ['', '{', '[1,', '{"a":}', '{"a":1,}', "{'a':1}", 'nul', '01', '1.', '.5', '+1', '"a', '"\t"', '"\\x"', '[1] 2', '{"a" 1}', '\ufeff{}', '// c\n1', 'NaN', '[NaN]', 'Infinity', '-', '{"a":1}}', '"\\u12"', 'undefined', ' ', '\n', 'tru', '{1:2}', '[,]', '{"a":1 "b":2}', '\u00a01']

export class Requests {
  readonly #dice: Dice
  readonly #values: Values

  constructor (dice: Dice, { models }: AppDescription) {
    this.#dice = dice
    this.#values = new Values(dice, models)
  }

  make (route: Route): RandomRequest {
    const dice = this.#dice
    const mood = dice.branch<Mood>([4, () => 'valid'], [5, () => 'near'], [2, () => 'hostile'])
    const of = (...places: Place[]) => this.#flat(route.parameters.filter(({ in: place }) => places.includes(place)))
    const path = route.parameters.filter(({ in: place }) => place === 'path').reduce((path, { name, type }) => path.replace(`{${name}}`, () => this.#segment(type, mood)), route.path)
    const query = of('query').flatMap(({ key, type }) => this.#occurrences(type, mood).map(text => `${this.#encode(key)}=${this.#encode(text)}`))
    const headers = of('header').flatMap(({ key, type }) => this.#occurrences(type, mood).map((text): Header => [this.#headerName(key), headerSafe(text)]))
    const cookies = of('cookie').flatMap(({ key, type }) => this.#occurrences(type, mood).map(text => `${cookieSafe(key)}=${cookieSafe(text)}`))
    return {
      method: route.method,
      path,
      query: mood === 'valid' ? query : this.#oddQuery(query, mood),
      headers: headers.filter(([name]) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name)),
      cookies: mood !== 'valid' && dice.chance(0.15) ? [...cookies, dice.pick(['lone', '=x', 'a=', ' ', 'q="quoted"', 'a=b=c', '"a"=1'])] : cookies,
      body: this.#body(route, mood)
    }
  }

  /** The keys that are read: of a model, those of its fields. */
  #flat (parameters: readonly Parameter[]): Array<{ key: string, type: Kind }> {
    return parameters.flatMap(({ name, alias, type, in: place }) => {
      const inner = type.k === 'nullable' ? type.of : type
      if (inner.k !== 'model' || place === 'body') return [{ key: alias ?? name, type }]
      return this.#values.model(inner.name).fields.map(field => ({ key: field.alias ?? field.name, type: field.type }))
    })
  }

  #occurrences (type: Kind, mood: Mood): string[] {
    const dice = this.#dice
    const inner = type.k === 'nullable' ? type.of : type
    const isList = inner.k === 'list' || inner.k === 'set'
    if (dice.chance(mood === 'valid' ? 0.15 : 0.2)) return []
    const most = isList ? 3 : mood !== 'valid' && dice.chance(0.1) ? 2 : 1
    return dice.times(1, most, () => this.#values.text(type, mood))
  }

  #segment (type: Kind, mood: Mood): string {
    const text = this.#values.text(type, mood === 'hostile' ? 'near' : mood)
    return encodeURIComponent(text).replaceAll('%2F', 'x') || 'e'
  }

  #encode (text: string): string {
    const encoded = encodeURIComponent(text.isWellFormed() ? text : 'x')
    return this.#dice.branch<string>([8, () => encoded], [2, () => encoded.replaceAll('%20', '+')], [1, () => encoded.replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2C', ',').replaceAll('%2B', '+')])
  }

  #oddQuery (query: string[], mood: Mood): string[] {
    const dice = this.#dice
    if (!dice.chance(mood === 'hostile' ? 0.5 : 0.2)) return query
    const odd = dice.pick(['extra=1', 'lone', '=x', '', 'a=%ff', 'a=%', 'a=%zz', 'b=1;c=2', 'q=%00', 'name=%C3', 'a=1=2', '%61=1', 'A=1', 'a[]=1', 'name=&name=', 'q=%E2%82', 'size=+', 'limit=%2B5', '+a=1'])
    return dice.shuffled([...query, odd])
  }

  #headerName (key: string): string {
    const name = key.replaceAll('_', '-')
    return this.#dice.branch<string>([8, () => name], [1, () => name.toUpperCase()], [1, () => key])
  }

  #body (route: Route, mood: Mood): Body {
    const parameters = route.parameters.filter(({ in: place }) => place === 'body' || place === 'form' || place === 'file')
    const [first] = parameters
    if (first === undefined) return { as: 'none' }
    if (mood !== 'valid' && this.#dice.chance(0.05)) return { as: 'none' }
    return first.in === 'body' ? this.#json(route, parameters, mood) : this.#form(parameters, mood)
  }

  #json ({ response }: Route, parameters: readonly Parameter[], mood: Mood): Body {
    const dice = this.#dice
    const type = mood === 'hostile' && dice.chance(0.3) ? dice.pick(OTHER_TYPES) : dice.chance(0.85) ? 'application/json' : dice.pick(JSON_TYPES)
    if (mood === 'hostile' && dice.chance(0.3)) return { as: 'raw', type, bytes: this.#broken() }
    const [first] = parameters as [Parameter]
    if (response !== undefined) return { as: 'json', type, value: this.#values.json(response.type, mood) }
    if (parameters.length === 1 && first.embed !== true) return { as: 'json', type, value: this.#values.json(first.type, mood) }
    if (mood === 'hostile' && dice.chance(0.3)) return { as: 'json', type, value: this.#values.odd() }
    const entries = parameters.filter(field => !dice.chance('default' in field ? 0.4 : mood === 'valid' ? 0 : 0.15)).map(({ name, alias, type }) => [alias ?? name, this.#values.json(type, mood)])
    return { as: 'json', type, value: Object.fromEntries(mood === 'valid' ? entries : [...entries, ...dice.chance(0.2) ? [['extra', 1]] : []]) }
  }

  #broken (): Buffer {
    const dice = this.#dice
    return dice.branch<Buffer>(
      [8, () => Buffer.from(dice.pick(BROKEN))],
      [1, () => Buffer.from('{"name":"x"}', 'utf16le')],
      [1, () => Buffer.from([0x22, 0xff, 0x22])],
      [1, () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('1')])],
      [1, () => Buffer.from(`${'['.repeat(50)}${']'.repeat(50)}`)]
    )
  }

  #form (parameters: readonly Parameter[], mood: Mood): Body {
    const dice = this.#dice
    const hasFiles = parameters.some(({ in: place }) => place === 'file')
    if (mood === 'hostile' && dice.chance(0.15)) return { as: 'raw', type: dice.pick([...JSON_TYPES, ...OTHER_TYPES]), bytes: this.#broken() }
    const fields = this.#flat(parameters).flatMap(({ key, type }) => this.#occurrences(type, mood).map(text => ({ key, text, isFile: isFileKind(type) })))
    if (hasFiles ? dice.chance(0.95) : dice.chance(0.3)) {
      const parts = fields.map(({ key, text, isFile }) => this.#part(key, text, dice.chance(mood === 'valid' ? 0 : 0.08) ? !isFile : isFile))
      return { as: 'multipart', type: `multipart/form-data; boundary=${BOUNDARY}`, parts: mood === 'valid' ? parts : dice.shuffled(parts), isCut: mood === 'hostile' && dice.chance(0.1) }
    }
    const pairs = fields.map(({ key, text }) => `${this.#encode(key)}=${this.#encode(text)}`)
    return { as: 'urlencoded', type: 'application/x-www-form-urlencoded', pairs: mood === 'valid' ? pairs : this.#oddQuery(pairs, mood) }
  }

  #part (key: string, text: string, isFile: boolean): Buffer {
    const dice = this.#dice
    const name = key.replaceAll('"', '%22')
    if (!isFile) return Buffer.from(`content-disposition: form-data; name="${name}"\r\n\r\n${text}`)
    const filename = dice.pick(['a.txt', 'ü.png', 'no-extension', 'a b.txt', ''])
    const type = dice.pick(['content-type: text/plain\r\n', 'content-type: image/png\r\n', 'content-type: application/octet-stream\r\n', 'Content-Type: text/plain; charset=latin-1\r\n'])
    const content = dice.pick([Buffer.from('content'), Buffer.from(''), Buffer.from([0, 1, 254, 255]), Buffer.from('ü\r\n\r\n')])
    return Buffer.concat([Buffer.from(`content-disposition: form-data; name="${name}"; filename="${filename}"\r\n${type}\r\n`), content])
  }
}

function isFileKind (kind: Kind): boolean {
  if (kind.k === 'nullable' || kind.k === 'list') return isFileKind(kind.of)
  return kind.k === 'file' || kind.k === 'bytes'
}

/** As a client may send it: Latin-1 without control characters. */
function headerSafe (text: string): string {
  // eslint-disable-next-line no-control-regex
  return Buffer.from(text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '')).toString('latin1').replaceAll(/[\u0080-\u009f]/g, 'x').trim()
}

function cookieSafe (text: string): string {
  return headerSafe(text).replaceAll(/[;,]/g, '')
}

/** The bytes of a body. */
export function bytesOf (body: Body): Buffer | undefined {
  switch (body.as) {
    case 'none': return undefined
    case 'json': return Buffer.from(write(body.value))
    case 'raw': return body.bytes
    case 'urlencoded': return Buffer.from(body.pairs.join('&'))
    case 'multipart': return Buffer.concat([...body.parts.flatMap(part => [Buffer.from(`--${BOUNDARY}\r\n`), part, Buffer.from('\r\n')]), Buffer.from(body.isCut ? '' : `--${BOUNDARY}--\r\n`)])
  }
}
