import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { Enum, Literal, Refine } from '../../../plugins/types/index.ts'
import { bodyReader, json, queryReader, reader } from './reader.ts'

const INT_PARSING = ['int_parsing', 'Input should be a valid integer, unable to parse string as an integer'] as const
const INT_SIZE = ['int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size'] as const
const INT_TYPE = ['int_type', 'Input should be a valid integer'] as const
const FLOAT_PARSING = ['float_parsing', 'Input should be a valid number, unable to parse string as a number'] as const
const FLOAT_TYPE = ['float_type', 'Input should be a valid number'] as const
const BOOL_PARSING = ['bool_parsing', 'Input should be a valid boolean, unable to interpret input'] as const
const BOOL_TYPE = ['bool_type', 'Input should be a valid boolean'] as const
const FINITE = ['finite_number', 'Input should be a finite number'] as const

/** JSON text of a body → the value of the handler, or type, message and context of the one issue. */
type Case = readonly [body: string, expected: { readonly value: unknown } | readonly [type: string, msg: string, ctx?: object]]

const gives = (value: unknown) => ({ value })

/** Asks as a body (which cannot be null), in a body and, for text, as a query parameter: by generated code and by the parsers. */
async function table (t: Test, schema: ReturnType<typeof Type.Unsafe>, cases: readonly Case[]) {
  for (const type of [schema, Refine(schema, () => {})]) {
    const body = await reader(t, { body: type })
    const field = await reader(t, { body: Type.Object({ v: type }) })
    const query = await queryReader(t, Type.Object({ v: type }))
    for (const [text, expected] of cases) {
      const parsed: unknown = /^(NaN|-?Infinity)$/.test(text) ? null : JSON.parse(text)
      const whole = text === 'null' ? undefined : body
      const asked = `v=${encodeURIComponent(String(parsed))}`
      if ('value' in expected) {
        if (whole) t.strictSame((await whole.accepts(json(text))).body, expected.value, text)
        t.strictSame((await field.accepts(json(`{"v":${text}}`))).body, { v: expected.value }, text)
        if (typeof parsed === 'string') t.strictSame(await query.accepts(asked), { v: expected.value }, `?${asked}`)
      } else {
        const [name, msg, ctx] = expected
        const issue = { type: name, msg, input: parsed, ...ctx && { ctx } }
        if (whole) t.strictSame(reordered(await whole.refuses(json(text))), [{ ...issue, loc: ['body'] }].map(ordered), text)
        t.strictSame(reordered(await field.refuses(json(`{"v":${text}}`))), [{ ...issue, loc: ['body', 'v'] }].map(ordered), text)
        if (typeof parsed === 'string') t.strictSame(reordered(await query.refuses(asked)), [{ ...issue, loc: ['query', 'v'] }].map(ordered), `?${asked}`)
      }
    }
  }
}

/** As text, so that the order of the keys counts. */
function ordered ({ type, loc, msg, input, ctx }: Record<string, unknown>): string {
  return JSON.stringify({ type, loc, msg, input, ...ctx !== undefined && { ctx } })
}

const reordered = (issues: readonly object[]): string[] => issues.map(issue => JSON.stringify(issue))

t.test('integers', async t => {
  await table(t, Type.Integer(), [
    ...([['1', 1], ['-1', -1], ['+1', 1], [' 1 ', 1], ['\t1\n', 1], ['\u00851\u3000', 1], ['007', 7], ['1_000', 1000], ['1.0', 1], ['1.0000', 1], ['-1.0', -1], ['0', 0], ['-0', 0],
      ['9007199254740991', 9007199254740991], ['-9007199254740991', -9007199254740991], ['0'.repeat(4299) + '1', 1]] as const)
      .map(([text, value]) => [JSON.stringify(text), gives(value)] as const),
    ...['', ' ', '-', '+', '1.5', '1.', '.0', '1e3', '0x10', '1__0', '_1', '1_', '1_.0', 'true', '1,0', '１', '1 0', '\ufeff1', '--1', '+-1', '-.0', 'NaN', 'Infinity', ':', '/']
      .map(text => [JSON.stringify(text), INT_PARSING] as const),
    ...['9007199254740992', '-9007199254740992', '1'.repeat(20)].map(text => [JSON.stringify(text), INT_SIZE] as const),
    ['5', gives(5)], ['-5', gives(-5)], ['1.0', gives(1)], ['1e3', gives(1000)], ['true', gives(1)], ['false', gives(0)], ['9007199254740991', gives(9007199254740991)],
    ['1.5', ['int_from_float', 'Input should be a valid integer, got a number with a fractional part']], ['1e308', INT_SIZE], ['9007199254740992', INT_SIZE],
    ['NaN', FINITE], ['Infinity', FINITE], ['-Infinity', FINITE], ['null', INT_TYPE], ['[]', INT_TYPE], ['{}', INT_TYPE]
  ])

  t.test('of more than 4300 digits are refused before they are read', async t => {
    const { refuses } = await bodyReader(t, Type.Integer())
    t.match(await refuses('1'.repeat(4301)), [{ type: 'int_parsing_size', msg: INT_SIZE[1] }])
    t.match(await refuses('0' + '1'.repeat(4301)), [{ type: 'int_parsing' }])
  })
})

t.test('floats', async t => {
  await table(t, Type.Number(), [
    ...([['1', 1], ['-1', -1], ['+1.5', 1.5], [' 1.5 ', 1.5], ['.5', 0.5], ['-.5', -0.5], ['1.', 1], ['1e3', 1000], ['1E-3', 0.001], ['1_0.0_1', 10.01], ['1_0e0_1', 100], ['1_.5', 1.5], ['1._5', 1.5], ['+_1', 1], ['1_e_5', 1e5], ['007', 7], ['1e999', Infinity],
      ['inf', Infinity], ['+Infinity', Infinity], ['-INF', -Infinity], [' -infinity ', -Infinity], ['nan', NaN], ['-NaN', NaN],
      ['3.141592653589793238', 3.141592653589793], ['123456789012345678', 123456789012345680], ['-12.25', -12.25]] as const)
      .map(([text, value]) => [JSON.stringify(text), gives(value)] as const),
    ...['', ' ', '.', 'e3', '1e', '1e+', '1__0', '_1', '1_', '1.5_', ' 1_0 ', '1_0 ', '_', '_+1', '0x10', '1,5', 'true', 'infi', 'nano', '1 5', '-', '１'].map(text => [JSON.stringify(text), FLOAT_PARSING] as const),
    ['1', gives(1)], ['1.5', gives(1.5)], ['-1e300', gives(-1e300)], ['true', gives(1)], ['false', gives(0)], ['NaN', gives(NaN)], ['Infinity', gives(Infinity)],
    ['null', FLOAT_TYPE], ['[]', FLOAT_TYPE], ['{}', FLOAT_TYPE]
  ])
})

t.test('floats that have to be finite', async t => {
  await table(t, Type.Number({ allowInfNan: false, maximum: 5 }), [
    ['1.5', gives(1.5)], ['"-1e300"', gives(-1e300)],
    ...['NaN', '-Infinity', '"nan"', '"inf"', '"1e999"'].map(text => [text, FINITE] as const),
    ['6', ['less_than_equal', 'Input should be less than or equal to 5', { le: 5 }]]
  ])
})

t.test('booleans', async t => {
  await table(t, Type.Boolean(), [
    ...['1', 'on', 'ON', 't', 'T', 'true', 'True', 'TRUE', 'y', 'yes', 'Yes'].map(text => [JSON.stringify(text), gives(true)] as const),
    ...['0', 'off', 'Off', 'f', 'F', 'false', 'FALSE', 'n', 'no', 'NO'].map(text => [JSON.stringify(text), gives(false)] as const),
    ...['', ' true', 'true ', '2', 'maybe', '1.0', 'null', 'yesss', 'falsey', 'constructor'].map(text => [JSON.stringify(text), BOOL_PARSING] as const),
    ['true', gives(true)], ['false', gives(false)], ['1', gives(true)], ['0', gives(false)], ['1.0', gives(true)], ['-0', gives(false)],
    ['2', BOOL_PARSING], ['-1', BOOL_PARSING], ['1e30', BOOL_TYPE], ['1.5', BOOL_TYPE], ['NaN', BOOL_TYPE], ['null', BOOL_TYPE], ['[]', BOOL_TYPE], ['{}', BOOL_TYPE]
  ])
})

t.test('strings are left as they are, and nothing else is one', async t => {
  const STRING_TYPE = ['string_type', 'Input should be a valid string'] as const
  await table(t, Type.String(), [
    ...['', ' a ', 'é😀', '\u0000', 'null', '1'].map(text => [JSON.stringify(text), gives(text)] as const),
    ['1', STRING_TYPE], ['true', STRING_TYPE], ['null', STRING_TYPE], ['["a"]', STRING_TYPE], ['{}', STRING_TYPE], ['NaN', STRING_TYPE]
  ])
})

t.test('null', async t => {
  const { accepts, refuses } = await bodyReader(t, Type.Object({ n: Type.Null() }))
  t.strictSame(await accepts({ n: null }), { n: null })
  for (const input of ['null', '', 0, false, []]) t.strictSame(await refuses({ n: input }), [{ type: 'none_required', loc: ['body', 'n'], msg: 'Input should be None', input }])
})

t.test('enums and literals', async t => {
  await table(t, Enum(['alexnet', 'resnet', 'lenet']), [
    ['"resnet"', gives('resnet')],
    ...['"Resnet"', '" resnet"', '""', '1', 'null', '[]', 'true'].map(text => [text, ['enum', "Input should be 'alexnet', 'resnet' or 'lenet'", { expected: "'alexnet', 'resnet' or 'lenet'" }]] as const)
  ])
  await table(t, Enum([1, 2]), [
    ['1', gives(1)], ['1.0', gives(1)], ['true', gives(1)], ['"1"', gives(1)], ['" 02 "', gives(2)], ['"2.0"', gives(2)],
    ['"99999999999999999999"', INT_SIZE],
    ...['3', '"3"', '"x"', '1.5', 'null', 'false', '[]'].map(text => [text, ['enum', 'Input should be 1 or 2', { expected: '1 or 2' }]] as const)
  ])
  await table(t, Literal([1, 2]), [
    ['1', gives(1)], ['1.0', gives(1)], ['true', gives(1)],
    ...['"1"', '3', '1.5', 'null', '9007199254740993', '{}'].map(text => [text, ['literal_error', 'Input should be 1 or 2', { expected: '1 or 2' }]] as const)
  ])
  await table(t, Literal(['a']), [
    ['"a"', gives('a')],
    ...['"b"', '1', 'null'].map(text => [text, ['literal_error', "Input should be 'a'", { expected: "'a'" }]] as const)
  ])
  await table(t, Type.Unsafe(Type.Union([Type.Literal('a'), Type.Literal('b')])), [
    ['"b"', gives('b')],
    ['"c"', ['literal_error', "Input should be 'a' or 'b'", { expected: "'a' or 'b'" }]]
  ])
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const
  await table(t, Enum(many), [
    ['"i"', gives('i')],
    ['"j"', ['enum', "Input should be 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' or 'i'", { expected: "'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' or 'i'" }]]
  ])

  t.test('are listed as Python prints them', async t => {
    const expected = '\'it"s\', "it\'s", \'it\\\'s "\', \'a\\\\b\\nc\', True, False, None, 1.5 or 1'
    await table(t, Literal(['it"s', "it's", 'it\'s "', 'a\\b\nc', true, false, null, 1.5, 1]), [
      ['true', gives(true)], ['null', gives(null)], ['1.5', gives(1.5)],
      ['"x"', ['literal_error', `Input should be ${expected}`, { expected }]]
    ])
  })
})

t.test('bounds of numbers', async t => {
  t.test('one is told, in a fixed order, whatever the order of declaration', async t => {
    const cases: Array<[object, number | string, string, string, object]> = [
      [{ minimum: 10, multipleOf: 2 }, 3, 'multiple_of', 'a multiple of 2', { multiple_of: 2 }],
      [{ exclusiveMaximum: 1, maximum: 2 }, 3, 'less_than_equal', 'less than or equal to 2', { le: 2 }],
      [{ minimum: 10, exclusiveMaximum: 3 }, 3, 'less_than', 'less than 3', { lt: 3 }],
      [{ exclusiveMinimum: 5, minimum: 4 }, 3, 'greater_than_equal', 'greater than or equal to 4', { ge: 4 }],
      [{ exclusiveMinimum: 3 }, 3, 'greater_than', 'greater than 3', { gt: 3 }],
      [{ exclusiveMinimum: 3, multipleOf: 3 }, '3', 'greater_than', 'greater than 3', { gt: 3 }]
    ]
    for (const [bounds, input, type, words, ctx] of cases) {
      for (const schema of [Type.Integer(bounds), Type.Number(bounds)]) {
        const { refuses } = await bodyReader(t, schema)
        t.strictSame(await refuses(input), [{ type, loc: ['body'], msg: `Input should be ${words}`, input, ctx }])
      }
    }
  })

  const text = (values: object) => new URLSearchParams(Object.entries(values).map(([key, value]): [string, string] => [key, String(value)])).toString()

  t.test('the bounds themselves are in or out, from text and from JSON', async t => {
    const schema = Type.Object({
      ge: Type.Optional(Type.Integer({ minimum: 1 })),
      gt: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      le: Type.Optional(Type.Number({ maximum: 10.5 })),
      lt: Type.Optional(Type.Integer({ exclusiveMaximum: 5 })),
      of: Type.Optional(Type.Integer({ multipleOf: 3 }))
    })
    const body = await bodyReader(t, schema)
    const query = await queryReader(t, schema)
    const inside = { ge: 1, gt: 0.001, le: 10.5, lt: 4, of: -9 }
    t.strictSame(await body.accepts(inside), inside)
    t.strictSame(await query.accepts(text(inside)), inside)
    const outside = { ge: 0, gt: 0, le: 10.6, lt: 5, of: 8 }
    const types = ['greater_than_equal', 'greater_than', 'less_than_equal', 'less_than', 'multiple_of']
    t.strictSame((await body.refuses(outside)).map(({ type }) => type), types)
    t.strictSame((await query.refuses(text(outside))).map(({ type }) => type), types)
  })

  t.test('multiples of decimals are what people call multiples', async t => {
    // As pydantic 2.14: a tolerance that does not grow with the number.
    for (const [multipleOf, value, isOne] of [[2, 1_000_000_001, false], [2, 1e-12, true], [0.01, 4.02, true], [0.1, 0.35, false], [1, 0.9999999999, true], [0.3, -298040884079.39996, true], [2, -4.000000002, false]] as const) {
      const multiple = await bodyReader(t, Type.Object({ v: Type.Number({ multipleOf }) }))
      if (isOne) t.strictSame(await multiple.accepts({ v: value }), { v: value })
      else t.match(await multiple.refuses({ v: value }), [{ type: 'multiple_of' }], `${value} of ${multipleOf}`)
    }
    const { accepts, refuses } = await bodyReader(t, Type.Array(Type.Number({ multipleOf: 0.1 })))
    const multiples = [5, 0.3, -0.3, 0.7, 1e10, 0]
    t.strictSame(await accepts(multiples), multiples)
    t.strictSame((await refuses([0.35, 0.1])).map(({ loc }) => loc), [['body', 0]])
  })

  t.test('NaN misses every bound, and infinities those that they miss', async t => {
    const { refuses } = await queryReader(t, Type.Object({ a: Type.Number({ minimum: 0 }), b: Type.Number({ exclusiveMinimum: 0 }), c: Type.Number({ maximum: 0 }), d: Type.Number({ exclusiveMaximum: 0 }) }))
    t.strictSame((await refuses('a=nan&b=nan&c=nan&d=nan')).map(({ type }) => type), ['greater_than_equal', 'greater_than', 'less_than_equal', 'less_than'])
    t.strictSame((await refuses('a=inf&b=inf&c=inf&d=-inf')).map(({ loc }) => loc), [['query', 'c']])
  })
})

t.test('bounds of strings', async t => {
  t.test('one is told: too short, too long, then the pattern', async t => {
    await table(t, Type.String({ pattern: '^[a-z]+$', maxLength: 5, minLength: 3 }), [
      ['"abc"', gives('abc')], ['"abcde"', gives('abcde')],
      ['"A"', ['string_too_short', 'String should have at least 3 characters', { min_length: 3 }]],
      ['"ABCDEF"', ['string_too_long', 'String should have at most 5 characters', { max_length: 5 }]],
      ['"ABC"', ['string_pattern_mismatch', "String should match pattern '^[a-z]+$'", { pattern: '^[a-z]+$' }]]
    ])
    await table(t, Type.String({ minLength: 1, maxLength: 1 }), [
      ['"a"', gives('a')],
      ['""', ['string_too_short', 'String should have at least 1 character', { min_length: 1 }]],
      ['"ab"', ['string_too_long', 'String should have at most 1 character', { max_length: 1 }]]
    ])
    await table(t, Type.String({ minLength: 0, maxLength: 0 }), [['""', gives('')], ['"a"', ['string_too_long', 'String should have at most 0 characters', { max_length: 0 }]]])
  })

  t.test('characters are code points', async t => {
    await table(t, Type.String({ minLength: 2, maxLength: 3 }), [
      ['"😀😀"', gives('😀😀')], ['"😀😀😀"', gives('😀😀😀')], ['"a\u0301b"', gives('a\u0301b')],
      ['"😀"', ['string_too_short', 'String should have at least 2 characters', { min_length: 2 }]],
      ['"😀😀😀😀"', ['string_too_long', 'String should have at most 3 characters', { max_length: 3 }]]
    ])
    const lone = await bodyReader(t, Type.String({ maxLength: 2 }))
    t.equal(await lone.accepts('\ud83d\ud83d'), '\ud83d\ud83d')
    t.match(await lone.refuses('\ud83da\ude00'), [{ type: 'string_too_long' }])
  })
})

t.test('patterns', async t => {
  t.test('search in the string, and are not tied to its ends', async t => {
    const cases: Array<[pattern: string, fit: string[], miss: string[]]> = [
      ['abc', ['abc', 'xabcx'], ['ab', '']],
      ['^abc', ['abcd'], ['xabc']],
      ['abc$', ['xabc'], ['abcx']],
      ['^fixedquery$', ['fixedquery'], ['nonregexquery', 'fixedquery\n']],
      ['^a?b?$', ['', 'a', 'b', 'ab'], ['ba']],
      ['^\\d{3}-\\d{2,4}$', ['123-45', '123-4567'], ['12-45', '123-45678', '١٢٣-٤٥']],
      ['^\\d{2,}x', ['12x', '1234x'], ['1x']],
      ['^[^a-c\\]]+$', ['xyz'], ['xaz', 'x]']],
      ['^.$', ['a', '😀', 'é'], ['', 'ab', '\n']],
      ['^\\u00e9$', ['é'], ['e']],
      ['^(?:\\u{1f600}|\\u00e9)+$', ['😀é'], ['e']],
      ['^(a|b)*c$', ['ababc', 'c'], ['abd']],
      ['a+b+', ['xaabbx'], ['ba']],
      ['a{0,40}a{0,40}a{0,40}b', ['aab'], ['a']],
      ['(?<year>[0-9]{4})', ['in 2026'], ['in 26']],
      ['(?i)abc', ['xABCx'], ['ab']],
      ['\\bfoo\\b', ['a foo b'], ['afoob']],
      ['\\p{Greek}', ['aλ'], ['al']],
      ['^a|b$', ['ax', 'xb'], ['xax']],
      ['\\.', ['a.b'], ['ab']],
      ['', ['', 'a'], []]
    ]
    for (const [pattern, fit, miss] of cases) {
      const { accepts, refuses } = await bodyReader(t, Type.String({ pattern }))
      for (const text of fit) t.equal(await accepts(text), text, `/${pattern}/ ${text}`)
      for (const text of miss) {
        t.strictSame(await refuses(text), [{ type: 'string_pattern_mismatch', loc: ['body'], msg: `String should match pattern '${pattern}'`, input: text, ctx: { pattern } }], `/${pattern}/ ${text}`)
      }
    }
  })

  t.test('that would run for ever are answered', async t => {
    const many = 'a'.repeat(50_000)
    for (const pattern of ['^(a+)+$', '(a*)*b', '^(a|aa)+$', 'a*a*a*a*a*a*b', '(.*)(.*)(.*)x', '^(?:a?){60}a{60}b$', 'a+$', '.*b']) {
      const { refuses } = await bodyReader(t, Type.String({ pattern }))
      t.match(await refuses(`${many}!\n`), [{ type: 'string_pattern_mismatch', ctx: { pattern } }], pattern)
    }
  })

  t.test('that need to look around are refused at boot, as in FastAPI', async t => {
    for (const pattern of ['(?=a)', '(?!a)', '(?<=a)b', '(a)\\1', '(', '[', '*', 'a{2,1}']) {
      const { app } = await reader(t, { body: Type.String({ pattern }) })
      await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: `POST /: schema.body: unsupported pattern ${pattern}: ` }, pattern)
    }
  })
})

// As FastAPI 0.165 answers the same numbers.
t.test('an integer beyond 2^53 that misses its bounds is told so, whatever its size', async t => {
  const digits = '9'.repeat(25)
  const cases: ReadonlyArray<readonly [bounds: object, sent: string, type: string]> = [
    [{ maximum: 100 }, digits, 'less_than_equal'], [{ minimum: 100 }, `-${digits}`, 'greater_than_equal'], [{ exclusiveMaximum: 5, minimum: 1 }, digits, 'less_than'],
    [{ multipleOf: 7 }, '1' + '0'.repeat(25), 'multiple_of'], [{ multipleOf: 7 }, '7' + '0'.repeat(25), 'int_parsing_size'], [{ minimum: 1 }, digits, 'int_parsing_size'],
    [{ maximum: 100 }, '9'.repeat(5000), 'int_parsing_size'], [{ multipleOf: 0.5 }, digits, 'int_parsing_size']
  ]
  for (const [bounds, sent, type] of cases) {
    const { refuses } = await reader(t, { querystring: Type.Object({ n: Type.Integer(bounds) }) })
    t.match(await refuses(`/?n=${sent}`), [{ type, input: /^-?[0-9]{25}/ }], JSON.stringify([bounds, sent.slice(0, 30)]))
  }
  const { refuses } = await bodyReader(t, Type.Object({ n: Type.Integer({ maximum: 100 }) }))
  t.match(await refuses({ n: 1e25 }), [{ type: 'less_than_equal' }])

  // JSON.parse has rounded it: whether it is a multiple is not known.
  const multiple = await reader(t, { body: Type.Object({ n: Type.Integer({ multipleOf: 3, maximum: 1e40 }) }) })
  for (const n of ['123456789012345678901234567890', '1e31']) t.match(await multiple.refuses(json(`{"n":${n}}`)), [{ type: 'int_parsing_size' }], n)
})

t.test('enums and literals of integers compare what a number can tell', async t => {
  const literal = await bodyReader(t, Type.Object({ v: Literal([1, 2]) }))
  const members = await bodyReader(t, Type.Object({ v: Enum([1, 2]) }))
  for (const [sent, ofLiteral, ofEnum] of [[2 ** 60, 'literal_error', 'enum'], [1e25, 'int_parsing_size', 'int_parsing_size'], [1e300, 'literal_error', 'enum'], ['1'.repeat(30), 'literal_error', 'int_parsing_size'], [String(2n ** 60n), 'literal_error', 'enum'], [{}, 'literal_error', 'enum']] as const) {
    t.match(await literal.refuses({ v: sent }), [{ type: ofLiteral }], String(sent))
    t.match(await members.refuses({ v: sent }), [{ type: ofEnum }], String(sent))
  }
  const texts = await bodyReader(t, Type.Object({ v: Literal(['a']) }))
  t.match(await texts.refuses({ v: 1e25 }), [{ type: 'literal_error' }])
})
