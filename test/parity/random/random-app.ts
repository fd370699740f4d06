/**
 * Describes a random app.
 *
 * @module
 */

import type { AppDescription, Field, Kind, Model, Parameter, Place, Route, SimpleName } from './description.ts'
import type { Dice } from './dice.ts'

const NAMES = ['name', 'price', 'tags', 'size', 'owner_id', 'q', 'kind_of', 'x_rate', 'limit', 'at', 'flag', 'note', 'a', 'b', 'c_d'] as const
const ALIASES = ['item-name', 'Price', 'sizeOf', 'x.y', 'al', 'größe', '@id', 'b c'] as const
const TEXTUAL: readonly SimpleName[] = ['bool', 'datetime', 'offset_datetime', 'offset_time', 'date', 'time', 'timedelta', 'uuid', 'decimal', 'email', 'http_url', 'any_url', 'ipv4']
const PATTERNS = ['^a', '^[a-z]+$', '\\d{2,}', '^.{1,3}$', 'x|y'] as const

class RandomApp {
  readonly #dice: Dice
  readonly #models: Model[] = []
  #enums = 0

  constructor (dice: Dice) {
    this.#dice = dice
  }

  make (seed: number): AppDescription {
    const routes = this.#dice.times(2, 4, index => this.#route(index))
    return { seed, models: this.#models, routes }
  }

  #route (index: number): Route {
    const dice = this.#dice
    return dice.branch<Route>([5, () => this.#reading(index)], [5, () => this.#writing(index)], [3, () => this.#form(index)], [3, () => this.#answering(index)])
  }

  #path (index: number): { path: string, parameters: Parameter[] } {
    const parameters = this.#dice.chance(0.4) ? this.#parameters('path', 1, 2, () => this.#scalar(), false) : []
    // The name of a path parameter is part of the path, and there are no defaults.
    const plain = parameters.map(({ in: place, type }, at): Parameter => ({ in: place, name: `p${at}`, type }))
    return { path: [`/r${index}`, ...plain.map(({ name }) => `{${name}}`)].join('/'), parameters: plain }
  }

  #reading (index: number): Route {
    const { path, parameters } = this.#path(index)
    const places: Place[] = this.#dice.shuffled<Place>(['query', 'header', 'cookie']).slice(0, this.#dice.whole(1, 3))
    return {
      name: `read_${index}`,
      method: 'GET',
      path,
      status: this.#status(),
      parameters: this.#unlike([...parameters, ...places.flatMap(place => this.#place(place))])
    }
  }

  /** The parameters of a place: scalars and lists, or models. */
  #place (place: Place): Parameter[] {
    const single = () => this.#parameters(place, 1, 4, () => this.#text(place !== 'cookie'))
    if (this.#dice.chance(0.7)) return single()
    const model = (name: string): Parameter => {
      const type: Kind = { k: 'model', name: this.#model(1, 4, () => this.#text(place !== 'cookie')) }
      return this.#dice.chance(0.3) ? { in: place, name, type: { k: 'nullable', of: type }, default: null } : { in: place, name, type }
    }
    return this.#dice.chance(0.6) ? [model(`${place}_model`)] : [model(`${place}_model`), ...this.#dice.chance(0.5) ? [model(`${place}_other`)] : single()]
  }

  #writing (index: number): Route {
    const dice = this.#dice
    const { path, parameters } = this.#path(index)
    const also = dice.chance(0.3) ? this.#parameters('query', 1, 2, () => this.#text(true)) : []
    const body = dice.branch<Parameter[]>(
      [6, () => [this.#optional({ in: 'body', name: 'item', type: this.#json(3) })]],
      [2, () => [{ ...this.#optional({ in: 'body', name: 'item', type: this.#json(2) }), embed: true }]],
      [3, () => this.#parameters('body', 2, 3, () => this.#json(2))]
    )
    return { name: `write_${index}`, method: dice.pick(['POST', 'PUT', 'PATCH', 'DELETE']), path, status: this.#status(), parameters: this.#unlike([...parameters, ...also, ...body]) }
  }

  #form (index: number): Route {
    const dice = this.#dice
    const { path, parameters } = this.#path(index)
    const fields = dice.branch<Parameter[]>(
      [5, () => this.#parameters('form', 1, 4, () => this.#text(true))],
      [3, () => [...this.#parameters('form', 0, 2, () => this.#text(true)), ...this.#parameters('file', 1, 2, () => this.#file())]],
      [2, () => [{ in: 'form', name: 'model', type: { k: 'model', name: this.#model(1, 4, () => this.#text(true)) } }]],
      [1, () => [{ in: 'form', name: 'model', type: { k: 'model', name: this.#model(1, 3, () => this.#text(true)) } }, ...this.#parameters('form', 1, 2, () => this.#text(false))]]
    )
    // A field has one reader here: as text, as bytes or as a file.
    const keys = fields.map(({ name, alias }) => alias ?? name)
    const read = fields.filter((_, at) => keys.indexOf(keys[at] as string) === at)
    return { name: `form_${index}`, method: 'POST', path, status: this.#status(), parameters: this.#unlike([...parameters, ...read]) }
  }

  #file (): Kind {
    const one: Kind = { k: this.#dice.pick(['file', 'bytes']) }
    return this.#dice.branch<Kind>([4, () => one], [2, () => ({ k: 'list', of: one })])
  }

  /** An endpoint that returns its body, behind a response model. */
  #answering (index: number): Route {
    const dice = this.#dice
    const flags = Object.fromEntries((['exclude_unset', 'exclude_defaults', 'exclude_none', 'by_name'] as const).filter(() => dice.chance(0.25)).map(name => [name, true]))
    const type = dice.chance(0.7) ? { k: 'model', name: this.#model(1, 4, () => this.#json(2)) } as const : this.#returned()
    return {
      name: `answer_${index}`,
      method: 'POST',
      path: `/r${index}`,
      status: this.#status(),
      parameters: [{ in: 'body', name: 'body', type: { k: 'any' } }],
      response: { type, ...flags }
    }
  }

  /** Of no certain type, the endpoint has no model. */
  #returned (): Kind {
    const type = this.#json(3)
    return type.k === 'any' ? this.#returned() : type
  }

  /** A success: a response of another status stands beside it here, and takes its place in FastAPI. */
  #status (): number {
    return this.#dice.branch([6, () => 200], [1, () => 201], [1, () => 202], [1, () => this.#dice.pick([203, 206, 299])])
  }

  /** One name a function has once. */
  #unlike (parameters: readonly Parameter[]): Parameter[] {
    const taken = new Set<string>()
    return parameters.map(parameter => {
      const name = taken.has(parameter.name) ? `${parameter.name}_${taken.size}` : parameter.name
      taken.add(name)
      return { ...parameter, name }
    })
  }

  #parameters (place: Place, low: number, high: number, type: () => Kind, mayBeOptional = true): Parameter[] {
    const names = this.#dice.shuffled(NAMES).slice(0, this.#dice.whole(low, high))
    const aliases = this.#dice.shuffled(ALIASES)
    return names.map((name, index) => {
      const field: Parameter = { in: place, name, type: type() }
      const optional = mayBeOptional ? this.#optional(field) : field
      return place !== 'path' && place !== 'header' && this.#dice.chance(0.15) ? { ...optional, alias: aliases[index] as string } : optional
    })
  }

  #optional<F extends Field> (field: F): F {
    return this.#dice.branch<F>(
      [5, () => field],
      [2, () => ({ ...field, type: { k: 'nullable', of: field.type }, default: null })],
      [1, () => field.type.k === 'file' ? field : { ...field, type: { k: 'nullable', of: field.type } }],
      [3, () => this.#withDefault(field)]
    )
  }

  #withDefault<F extends Field> (field: F): F {
    const { type } = field
    switch (type.k) {
      // Fits all bounds.
      case 'int': return { ...field, default: 3 }
      case 'float': return { ...field, default: 'multiple_of' in type ? 3 : 1.5 }
      case 'str': return type.pattern === undefined || new RegExp(type.pattern).test('aa') ? { ...field, default: 'aa' } : field
      case 'bool': return { ...field, default: this.#dice.chance(0.5) }
      case 'enum': case 'literal': return { ...field, default: type.values[0] }
      case 'list': return type.min_length === undefined ? { ...field, default: [] } : field
      case 'dict': return { ...field, default: {} }
      default: return field
    }
  }

  #scalar (): Kind {
    const dice = this.#dice
    return dice.branch<Kind>(
      [4, () => ({ k: 'int', ...this.#big(), ...this.#bounds() })],
      [3, () => ({ k: 'float', ...this.#bounds(), ...dice.chance(0.2) ? { allow_inf_nan: false } : {} })],
      [5, () => ({ k: 'str', ...this.#length(), ...dice.chance(0.2) ? { pattern: dice.pick(PATTERNS) } : {} })],
      [6, () => ({ k: dice.pick(TEXTUAL) })],
      [2, () => this.#enum()],
      [2, () => ({ k: 'literal', values: dice.pick([['a', 'b'], ['only'], [1, 2], ['x', 3]] as const) })]
    )
  }

  /** Of a set: of times those with an offset, as two with different offsets are one `Date`. */
  #member (): Kind {
    const kind = this.#scalar()
    return kind.k === 'time' || kind.k === 'datetime' ? this.#member() : kind
  }

  #big (): object {
    return this.#dice.chance(0.4) ? { big: true } : {}
  }

  #bounds (): object {
    if (!this.#dice.chance(0.4)) return {}
    return this.#dice.pick([{ ge: 0 }, { gt: 0, lt: 10 }, { ge: 1, le: 100 }, { multiple_of: 3 }, { le: 5 }, { gt: -2.5 }, { multiple_of: 0.5 }].filter(bounds => Object.values(bounds).every(Number.isInteger)))
  }

  #length (): object {
    return this.#dice.chance(0.3) ? this.#dice.pick([{ min_length: 1 }, { max_length: 3 }, { min_length: 2, max_length: 5 }]) : {}
  }

  #enum (): Kind {
    return { k: 'enum', name: `Choice${this.#enums++}`, values: this.#dice.pick([['red', 'green'], [1, 2, 3], ['one']] as const) }
  }

  /** A type that text can be read as. */
  #text (withLists: boolean): Kind {
    const dice = this.#dice
    return dice.branch<Kind>(
      [7, () => this.#scalar()],
      [withLists ? 2 : 0, () => ({ k: 'list', of: this.#scalar(), ...this.#length() })],
      [withLists ? 1 : 0, () => ({ k: 'set', of: dice.chance(0.5) ? { k: 'int', ...this.#big() } : { k: 'str' } })],
      [1, () => ({ k: 'union', of: this.#union() })]
    )
  }

  #union (): Kind[] {
    const int: Kind = { k: 'int', ...this.#big() }
    return this.#dice.pick<Kind[]>([
      [int, { k: 'str' }],
      [{ k: 'float' }, { k: 'bool' }],
      [{ k: 'date' }, { k: 'datetime' }],
      [int, { k: 'float' }, { k: 'str' }],
      [{ k: 'uuid' }, int],
      [{ k: 'bool' }, int, { k: 'str', max_length: 3 }],
      [{ k: 'decimal' }, { k: 'str' }],
      [{ k: 'timedelta' }, { k: 'time' }],
      [{ k: 'literal', values: ['a', 'b'] }, int]
    ])
  }

  /** A type of JSON, `depth` levels deep at most. */
  #json (depth: number): Kind {
    const dice = this.#dice
    const part = () => this.#json(depth - 1)
    const deep = depth > 0 ? 1 : 0
    return dice.branch<Kind>(
      [6, () => this.#scalar()],
      [deep * 3, () => ({ k: 'list', of: part(), ...this.#length() })],
      [deep, () => ({ k: 'set', of: this.#member() })],
      [deep, () => ({ k: 'tuple', of: dice.times(1, 3, part) })],
      [deep * 2, () => ({ k: 'dict', key: dice.chance(0.7) ? { k: 'str' } : dice.pick<Kind>([{ k: 'int', ...this.#big() }, { k: 'date' }, { k: 'uuid' }]), value: part() })],
      [1, () => ({ k: 'nullable', of: depth > 0 ? part() : this.#scalar() })],
      [1, () => ({ k: 'any' })],
      [1, () => ({ k: 'union', of: this.#union() })],
      [deep * 6, () => ({ k: 'model', name: this.#model(1, 4, part) })],
      [deep, () => this.#modelUnion(part)]
    )
  }

  #modelUnion (part: () => Kind): Kind {
    const tags = ['cat', 'dog', 'eel'].slice(0, this.#dice.whole(2, 3))
    if (this.#dice.chance(0.5)) return { k: 'union', of: tags.map(() => ({ k: 'model', name: this.#model(1, 3, part) })) }
    return {
      k: 'union',
      discriminator: 'kind',
      of: tags.map(tag => ({ k: 'model', name: this.#model(1, 3, part, [{ name: 'kind', type: { k: 'literal', values: [tag] } }]) }))
    }
  }

  #model (low: number, high: number, type: () => Kind, first: Field[] = []): string {
    const names = this.#dice.shuffled(NAMES).slice(0, this.#dice.whole(low, high))
    const aliases = this.#dice.shuffled(ALIASES)
    const fields = names.map((name, index) => {
      const field = this.#optional({ name, type: type() } as Field)
      return this.#dice.chance(0.12) ? { ...field, alias: aliases[index] as string } : field
    })
    const extra = this.#dice.branch<Pick<Model, 'extra'>>([7, () => ({})], [2, () => ({ extra: 'forbid' })], [1, () => ({ extra: 'allow' })])
    const name = `Model${this.#models.length}`
    this.#models.push({ name, fields: [...first, ...fields], ...extra })
    return name
  }
}

export function randomApp (dice: Dice, seed: number): AppDescription {
  return new RandomApp(dice).make(seed)
}
