/**
 * Values for a type: such as fit, and such as do not.
 *
 * @module
 */

import type { Kind, Model, SimpleName } from './description.ts'
import type { Dice } from './dice.ts'

/** JSON text that `JSON.stringify` would not write. */
export class Raw {
  readonly text: string

  constructor (text: string) {
    this.text = text
  }
}

const FITTING: Readonly<Record<Exclude<SimpleName, 'any' | 'file' | 'offset_datetime' | 'offset_time'>, readonly unknown[]>> = {
  bool: [true, false, 'true', 'off', '1', 0, 'YES', 'f'],
  datetime: ['2024-02-29T10:00:00Z', '2020-01-01 10:30', '2020-01-01T10:00:00.123456+02:00', '1700000000', 1700000000, '2020-01-01', '1999-12-31T23:59:59.5-0330', '1700000000123'],
  date: ['2024-02-29', '2020-01-01T00:00:00', '1700006400', 1700006400, '0001-01-01'],
  time: ['10:00', '23:59:59', '10:00:00.123456', '10:00Z', '12:30:15+01:00', 3600, '3600'],
  timedelta: ['P1D', 'PT1H30M', '1 day, 10:00:00', '-P1DT2S', 90, 1.5, '10:20:30', 'P1Y2M', '3 days 04:05:06.789', '5', '0.5'],
  uuid: ['12345678-1234-5678-1234-567812345678', '12345678123456781234567812345678', '{12345678-1234-5678-1234-567812345678}', 'urn:uuid:12345678-1234-5678-1234-567812345678', '12345678-1234-5678-1234-56781234567A'],
  decimal: ['1.5', '-0', '1e5', '123456789012345678.123', 5, 1.25, '1E-7', '0.10', '-1.50', '1_000'],
  email: ['ann@example.com', 'Ann@EXAMPLE.com', 'a.b+c@sub.example.org', 'ü@example.com', 'a@bücher.de', 'Ann <ann@example.com>'],
  http_url: ['http://example.com', 'HTTPS://Example.COM:443/a b', 'http://user:pw@example.com/?q=ä#f', 'http://bücher.de', 'http://127.0.0.1:8000/x', 'http://[::1]/', 'http://example.com/../a/./b'],
  any_url: ['ftp://example.com', 'mailto:a@b.c', 'foo://bar', 'http://example.com', 'postgres://u:p@h/db', 'file:///etc/x', 'a:b'],
  ipv4: ['127.0.0.1', '255.255.255.255', 16909060, '0.0.0.0'],
  bytes: ['abc', '', 'ü'],
  json: ['{"a": 1}', '[1,2]', '5', 'null', '"x"']
}

/** Integers that a number rounds, or nearly so. */
const LARGE: readonly string[] = ['9007199254740991', '9007199254740993', '-9007199254740995', '9223372036854775807', '-9223372036854775809', '18446744073709551616', '123456789012345678901234567890']

/** Texts that many types take for something. */
export const ODD_TEXTS: readonly string[] = [
  '', ' ', 'x', '0', '5', '-1', '+5', ' 5 ', '5.0', '1.5', '1_000', '1__0', '_1', '0x10', '1e3', '1e400', '-0', '007', '9007199254740993', '123456789012345678901234567890', '٣', '１', '²', 'NaN', 'inf', '-Infinity',
  'null', 'None', 'true', 'TRUE', 'on', 'y', 'no', '[1]', '{}', '{"a":1}', '1,2', 'a,b', 'a', 'b', 'red', 'RED', 'only', '1', '2', '2020-01-01', '2020-13-01', '2020-02-30', '2020-01-01T10:00:00Z', '2020-01-01T25:00', '10:00', '24:00',
  'P1D', 'P', '1 day', '-1:00', 'ann@example.com', 'a@b', '@', 'http://', 'http://a b', 'javascript:alert(1)', '//x', '127.0.0.1', '1.2.3', '256.1.1.1', '::1', '12345678-1234-5678-1234-56781234567', 'é', '💩', 'a\u0301', '\u0000', 'a\nb', '\u2028', '\u00a05\u00a0',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '%41', '+', '&', '=', ';', '"', "'", '\\', '/', '<b>', '__proto__', 'constructor', '12:34:56.7890123', '1e-3', '.5', '5.', '--1', '1-', '0.1e1', 'Infinity', '१२'
]

const ODD_JSON: readonly unknown[] = [
  null, true, false, 0, 1, -1, 1.5, new Raw('1.0'), new Raw('-0'), new Raw('-0.0'), new Raw('1e2'), new Raw('1E400'), new Raw('9007199254740993'), new Raw('123456789012345678901234567890'), new Raw('1e25'), new Raw('0.1e1'), new Raw('NaN'), new Raw('-Infinity'),
  new Raw('"\\ud800"'), new Raw('"\\u0041"'), new Raw('"\\ud83d\\ude00"'), [], [1], [null], ['a'], {}, { a: 1 }, { name: 'x' }, [[]], [{}], { kind: 'cat' }, { kind: 'x' }, new Raw('{"a":1,"a":2}'), 2147483648, 1e21, 5e-324, 1.7976931348623157e308
]

/** How far from what fits: `'valid'`, a part of it, or anything. */
export type Mood = 'valid' | 'near' | 'hostile'

export class Values {
  readonly #dice: Dice
  readonly #models: ReadonlyMap<string, Model>

  constructor (dice: Dice, models: readonly Model[]) {
    this.#dice = dice
    this.#models = new Map(models.map(model => [model.name, model]))
  }

  model (name: string): Model {
    return this.#models.get(name) as Model
  }

  odd (): unknown {
    return this.#dice.chance(0.6) ? this.#dice.pick(ODD_JSON) : this.#dice.pick(ODD_TEXTS)
  }

  /** A JSON value for a type. */
  json (kind: Kind, mood: Mood, depth = 0): unknown {
    const dice = this.#dice
    if (mood === 'hostile' && dice.chance(0.4)) return this.odd()
    if (mood === 'near' && dice.chance(0.12)) return this.odd()
    const inner = (of: Kind) => this.json(of, mood, depth + 1)
    switch (kind.k) {
      case 'int': return dice.branch<unknown>([6, () => dice.whole(-3, 12)], [1, () => String(dice.whole(0, 12))], [1, () => new Raw(`${dice.whole(0, 9)}.0`)], [1, () => dice.whole(-1e12, 1e12)], [kind.big === true ? 2 : 0, () => new Raw(dice.pick(LARGE))])
      case 'float': return dice.branch<unknown>([6, () => dice.whole(-30, 120) / 8], [1, () => String(dice.whole(0, 100) / 4)], [1, () => dice.whole(0, 9)], [1, () => dice.next() * 10 ** dice.whole(-20, 20)])
      case 'str': return dice.pick(['a', 'ab', 'abc', 'x1', '42', 'hello world', '', 'é', '💩💩'])
      case 'any': return dice.pick([1, 'x', null, { a: [1] }, 1.5, [true]])
      case 'file': return 'file'
      case 'enum': case 'literal': return dice.pick(kind.values)
      case 'list': case 'set': return dice.times(0, dice.chance(0.1) ? 8 : 3, () => inner(kind.of))
      case 'tuple': return [...kind.of.map(inner), ...mood !== 'valid' && dice.chance(0.1) ? [1] : []]
      case 'dict': return Object.fromEntries(dice.times(0, 3, index => [this.#key(kind.key, mood, index), inner(kind.value)]))
      case 'nullable': return dice.chance(0.25) ? null : inner(kind.of)
      case 'union': return inner(dice.pick(kind.of))
      case 'model': return this.#object(this.model(kind.name), mood, depth)
      case 'offset_datetime': return dice.pick(FITTING.datetime)
      case 'offset_time': return dice.pick(FITTING.time)
      default: return dice.pick(FITTING[kind.k])
    }
  }

  #key (kind: Kind, mood: Mood, index: number): string {
    if (mood !== 'valid' && this.#dice.chance(0.2)) return this.#dice.pick(ODD_TEXTS.filter(text => text !== '__proto__'))
    return kind.k === 'str' ? `k${index}` : this.text(kind, 'valid')
  }

  #object ({ fields, extra }: Model, mood: Mood, depth: number): unknown {
    const dice = this.#dice
    const lacks = mood === 'valid' ? 0 : 0.12
    const entries = fields
      .filter(field => !dice.chance('default' in field ? 0.4 : lacks))
      .map(({ name, alias, type }): [string, unknown] => [mood !== 'valid' && dice.chance(0.05) ? name : alias ?? name, this.json(type, mood, depth + 1)])
    if (dice.chance(extra === 'forbid' && mood === 'valid' ? 0 : mood === 'valid' ? 0.1 : 0.2)) entries.push([dice.pick(['extra', 'zzz', '', 'name']), this.odd()])
    return Object.fromEntries(mood === 'valid' ? entries : dice.shuffled(entries))
  }

  /** A text for a type, as in a query. */
  text (kind: Kind, mood: Mood): string {
    if ((mood === 'hostile' && this.#dice.chance(0.7)) || (mood === 'near' && this.#dice.chance(0.3))) return this.#dice.pick(ODD_TEXTS)
    const value = this.json(kind.k === 'list' || kind.k === 'set' ? kind.of : kind.k === 'nullable' ? kind.of : kind, 'valid')
    if (value instanceof Raw) return value.text
    return typeof value === 'object' ? write(value) : String(value)
  }
}

/** Writes JSON, raw texts as they are. */
export function write (value: unknown): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${write(part)}`).join(',')}}`
  return JSON.stringify(value)
}
