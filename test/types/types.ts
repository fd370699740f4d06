// Compiled, never run.
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type Static, type TObject, type TString, Type } from '@sinclair/typebox'
import type { Decimal as DecimalJs } from 'decimal.js'
import Fastify from 'fastify'
import type { Temporal } from 'temporal-polyfill'
import { encodeDecimal } from '../../plugins/types/decimal.ts'
import { encodeDuration } from '../../plugins/types/duration.ts'
import { parseJsonText } from '../../plugins/types/json-text.ts'
import { AnyUrl, BigInteger, Bytes, DateTime, Decimal, DictOf, Duration, Email, Embed, Enum, ExcludeUnset, HttpUrl, IPv4, Json, Literal, Nullable, OffsetDateTime, OffsetTime, PlainDate, PlainTime, Refine, Secret, type SecretText, SetOf, type TimeWithOffset, Uuid } from '../../plugins/types/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles when the type of a value is the one expected, neither wider nor narrower. */
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void
/** A value of a schema's type. */
declare const of: <T>(schema: { static: T }) => T

// What a handler works with.
same<Date>()(of(DateTime()))
same<Temporal.PlainDate>()(of(PlainDate()))
same<Temporal.PlainTime>()(of(PlainTime()))
same<Temporal.Duration>()(of(Duration()))
same<Temporal.ZonedDateTime>()(of(OffsetDateTime({ requireOffset: true })))
same<bigint>()(of(BigInteger({ minimum: 0n, maximum: 5 })))
same<TimeWithOffset>()(of(OffsetTime()))
same<string>()(of(Uuid()))
same<DecimalJs>()(of(Decimal({ minimum: '0.01', exclusiveMaximum: 10, maxDigits: 5, decimalPlaces: 2 })))
same<Buffer>()(of(Bytes({ encoding: 'base64', maxLength: 10 })))
same<string>()(of(Email()))
same<string>()(of(HttpUrl()))
same<string>()(of(AnyUrl()))
same<string>()(of(IPv4()))
same<SecretText>()(of(Secret({ minLength: 8 })))
// @ts-expect-error -- a date-time is no text
same<string>()(of(DateTime()))
// @ts-expect-error -- a secret is no text, and shows itself only when asked to
same<string>()(of(Secret()))

// The members of a choice are its type, without `as const`.
same<'a' | 'b'>()(of(Enum(['a', 'b'], { title: 'Letter' })))
same<1 | 2>()(of(Enum([1, 2])))
same<'a' | 1 | null>()(of(Literal(['a', 1, null])))
// @ts-expect-error -- a choice of nothing
Enum([])
// @ts-expect-error -- an object stands for nothing but itself
Literal([{}])

// Those that are made of others.
same<Set<string>>()(of(SetOf(Uuid(), { frozen: true, minItems: 1, default: [] })))
same<Map<number, Date>>()(of(DictOf(Type.Integer(), DateTime(), { maxProperties: 3 })))
same<Date | null>()(of(Nullable(DateTime(), { default: null })))
same<{ tag: string }>()(of(Json(Type.Object({ tag: Type.String() }))))
same<unknown>()(of(Json()))
same<{ at: Date, count?: number }>()(of(Embed({ at: DateTime(), count: Type.Optional(Type.Integer()) })))
const Item = Type.Object({ name: Type.String(), at: DateTime() })
same<{ name?: string, at?: Date }>()(of(ExcludeUnset(Item)))
// @ts-expect-error -- only an object has fields
ExcludeUnset(Type.String())
// @ts-expect-error -- a schema is no set of options
SetOf(Uuid(), { frozen: 'yes' })
// @ts-expect-error -- Decimal has its own names for the bounds
Decimal({ minimum: true })
// @ts-expect-error -- there are two ways to write bytes in a string
Bytes({ encoding: 'hex' })

// What a check returns is the type; what returns nothing leaves the schema as it is.
same<TString>()(Refine(Type.String(), text => { if (text === '') throw new Error('empty') }))
same<string>()(of(Refine(Type.String(), text => text.trim())))
same<number>()(of(Refine(Type.String(), text => text.length)))
same<Date>()(of(Refine(DateTime(), date => { same<Date>()(date) })))
same<TObject<{ a: TString }>>()(Refine(Type.Object({ a: Type.String() }), () => {}))
same<string | number>()(of(Refine(Type.String(), text => { if (text === '') return 0 })))
// @ts-expect-error -- the check is given a Date
Refine(DateTime(), (date: string) => date)

// In routes they are inferred, both ways.
const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.post('/', { schema: { body: Item, querystring: Type.Object({ since: Type.Optional(PlainDate()) }), response: { 200: Item } } }, async ({ body, query }) => {
  same<Date>()(body.at)
  same<Temporal.PlainDate | undefined>()(query.since)
  return { name: body.name, at: new Date() }
})
// @ts-expect-error -- the handler returns values of the domain
app.get('/text', { schema: { response: { 200: Item } } }, async () => ({ name: 'a', at: '2026-01-02T03:04:05Z' }))

export const plugin: FastifyPluginAsyncTypebox = async app => {
  app.get('/:id', { schema: { params: Type.Object({ id: Uuid(), price: Decimal() }) } }, async ({ params }) => {
    same<DecimalJs>()(params.price)
    return params.price.plus(1)
  })
}

same<string>()(encodeDecimal(of(Decimal())))
same<string>()(encodeDuration(of(Duration())))
same<unknown>()(parseJsonText('{}'))
export type AnItem = Static<typeof Item>
