import { type TSchema, Type } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse, ValidationError } from '../../../plugins/validation/index.ts'
import { bodyReader, json } from './reader.ts'

const typesOf = (schema: TSchema, value: unknown): string[] => {
  try {
    parse(schema, value)
  } catch (error) {
    if (error instanceof ValidationError) return error.errors().map(({ type }) => type)
    throw error
  }
  return []
}

// A backtracking engine would still be at it in a thousand years.
const SLOW = '^(a+)+$'
const TEXT = `${'a'.repeat(200)}!`

t.test('a pattern takes linear time below every keyword', t => {
  const places: ReadonlyArray<readonly [keyword: string, schema: TSchema, value: unknown, expected: string[]]> = [
    ['pattern', Type.String({ pattern: SLOW }), TEXT, ['string_pattern_mismatch']],
    ['patternProperties', Type.Record(Type.String({ pattern: SLOW }), Type.Any()), { [TEXT]: 1 }, []],
    ['propertyNames', Type.Object({}, { propertyNames: { pattern: SLOW }, additionalProperties: true }), { [TEXT]: 1 }, ['json_schema']],
    ['not', Type.String({ not: { pattern: SLOW } }), TEXT, []],
    ['not, matching', Type.String({ not: { pattern: SLOW } }), 'aaa', ['json_schema']],
    ['contains', Type.Array(Type.String(), { contains: Type.Unsafe({ pattern: SLOW }) }), [TEXT], ['json_schema']],
    ['if', Type.String({ if: { pattern: SLOW }, then: { maxLength: 1 }, else: {} }), TEXT, []],
    ['properties of not', Type.Object({ a: Type.String() }, { not: { properties: { a: { pattern: SLOW } }, required: ['a'] } }), { a: TEXT }, []],
    ['patternProperties of not', Type.Object({}, { additionalProperties: true, not: { patternProperties: { [SLOW]: false } } }), { aa: 1 }, []]
  ]
  for (const [keyword, schema, value, expected] of places) t.strictSame(typesOf(schema, value), expected, keyword)
  t.throws(() => parse(Type.String({ not: { pattern: '(?=a)' } }), 'a'), { message: /not: .*perl/i }, 'look-around is refused at the start')
  t.end()
})

t.test('a text that is too long for a pattern is refused, not passed over', t => {
  const long = 'a'.repeat(70_000)
  t.strictSame(typesOf(Type.String({ pattern: SLOW }), long), ['string_too_long'])
  t.strictSame(typesOf(Type.String({ not: { pattern: SLOW } }), long), ['json_schema'])
  t.strictSame(typesOf(Type.Array(Type.String(), { contains: Type.Unsafe({ pattern: SLOW }) }), [long]), ['json_schema'])
  for (const pattern of ['[ab]{0,4}[ac]{0,4}d', '[ab]?[bc]{6}', '^[a-z]+[a-z0-9]+!$', '^[a-z]*\\w?[a-z]*$', '^.*.*!$', '[a-z]+!']) t.strictSame(typesOf(Type.String({ pattern }), long), ['string_too_long'], pattern)
  for (const [pattern, text] of [['^[a-z]+$', long], ['^[a-z]+@[a-z]+\\.com$', `${long}@${long}.com`], ['^a*b?c+$', `${long}bc`], ['\\d{3}-\\d{4}', `${long}123-4567`], ['a{0,6}b', `${long}b`], ['', long]] as const) {
    t.strictSame(typesOf(Type.String({ pattern }), text), [], pattern)
  }
  t.throws(() => parse(Type.Object({ a: Type.String() }, { not: { type: 'nonsense' } }), { a: 'x' }), { code: 'APIKIT_ERR_PARSE' })
  t.end()
})

t.test('an error of a keyword of the app’s own is an error of the app', async t => {
  const ajv = new Ajv({ keywords: [{ keyword: 'broken', validate: () => { throw new Error('broken keyword') } }] })
  const { app } = await bodyReader(t, Type.String({ broken: true }), { options: { ajv } })
  t.equal((await app.inject(json('"a"'))).statusCode, 500)
})

t.test('patterns match what expressions of JavaScript match, whatever engine runs them', t => {
  const patterns = [
    '^[a-z]+@[a-z]+\\.com$', '^a*b?c+$', '^a+a+$', '^[ab]+[bc]+$', '^a{0,999}b$', 'a{0,999}b', '^a{2}b{1,}$', '[ab]{0,3}[bc]{0,3}d', '^.*é+$', '^\\S+\\W+$', '^[^a]+b$', '^\\d+\\D?$', 'a+', '^(a|b)+$',
    '^[a-c]{0,50}[b-d]{0,50}[c-e]{0,50}$', '^\\s*a+\\s*$', '^[\\d\\-]+-$', 'a?b?c?', '^ab?', 'c$', '^[ab]+b?$', '^a{0,3}[ab]{0,3}$', 'a\\$', '^a\\$'
  ]
  const texts = ['', 'a', 'b', 'ab', 'aab', 'abc', 'aabbcc', 'x@y.com', 'abd', 'é', 'aéé', '1', '1a', '12-', 'a '.repeat(3), 'bbbd', 'aaaa!', ' a ', 'cde', 'd', 'a$']
  for (const pattern of patterns) {
    const expected = new RegExp(pattern, 'u')
    t.strictSame(texts.filter(text => typesOf(Type.String({ pattern }), text).length === 0), texts.filter(text => expected.test(text)), pattern)
  }
  t.end()
})

t.test('the format url takes linear time, and takes what it took', t => {
  const url = Type.String({ format: 'url' })
  for (const text of ['http://a.com', 'HTTPS://a-b.c.org:8080/x y'.replace(' ', '%20'), 'ftp://u:p@a.com', 'http://x@y@a.com/p@q', 'http://8.8.8.8', 'http://é.de', 'http://a.com/?q#f', 'http://u:p@8.8.8.8:80/', 'http://a.com/:80']) {
    t.strictSame(typesOf(url, text), [], text)
  }
  for (const text of ['', 'a.com', 'http://', 'http://a', 'http://@a.com', 'http://a--b.com', 'http://-a.com', 'http://a.c', 'http://10.0.0.1', 'http://127.1.1.1', 'http://192.168.0.1', 'http://172.16.0.1', 'http://8.8.8.256', 'http://a.com:1', 'http://a.com:123456', 'http://a b.com', 'http://a.com\n', 'http://a.com?q', 'mailto:a@b.com']) {
    t.strictSame(typesOf(url, text), ['json_schema'], text)
  }
  // Of a quadratic expression a million characters would take minutes.
  for (const unit of ['a:', '1:', 'a@', 'a.', 'a-', '@', ':', '[1:']) t.strictSame(typesOf(url, `http://${unit.repeat(1_000_000 / unit.length)}!`), ['json_schema'], unit)
  t.end()
})
