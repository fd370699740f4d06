import t from 'tap'
import { BIG_INTEGERS, NOT_FINITE, PLAIN_500 } from './departures.ts'
import type { Kind, Model, ResponseModel } from './random/description.ts'
import { judge } from './random/differ.ts'
import type { Fault } from './random/fault.ts'
import { aboutOf } from './random/case.ts'
import { EXTRA_NAME, LARGE_FLOATS, LATIN1, PATTERNS, RETURNED_EXTRA, RETURNED_NAME, RETURNED_PART, TEXT_BODY, UNWRITABLE, WHOLE_FLOATS } from './random/rule-names.ts'
import type { Answer } from './exchange.ts'

interface Sent {
  readonly body?: string
  readonly base64?: string
  readonly query?: string
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly in?: 'body' | 'query' | 'header'
  readonly type?: string
  readonly models?: readonly Model[]
  readonly response?: ResponseModel
  readonly of?: Kind
}

const JSON_TYPE = ['content-type', 'application/json'] as const

/** @param text JSON, as it is sent */
const answer = (text: string, status = 200): Answer => ({ status, headers: [JSON_TYPE], body: Buffer.from(text) })
const issues = (...detail: object[]): Answer => answer(JSON.stringify({ detail }), 422)
/** What a model refuses here, with the places. */
const refused = (...places: Array<Array<string | number>>): Answer => ({
  ...broken,
  headers: [JSON_TYPE, ['parity-fault', Buffer.from(JSON.stringify(places.map(place => ({ type: 'int_type', loc: ['response', ...place] })))).toString('base64')]]
})
const broken: Answer = { status: 500, headers: [JSON_TYPE], body: Buffer.from('{"detail":"Internal Server Error"}') }

function failed (type: string, found: Fault['issues'] = null, message = ''): Answer {
  const body = JSON.stringify({ text: 'Internal Server Error', fault: { type, message, issues: found } })
  return { status: 500, headers: [['content-type', 'text/plain; charset=utf-8'], ['parity-fault', '1']], body: Buffer.from(body) }
}

function ruleOf ({ body, base64, query = '', headers = [], in: place = 'body', type = 'application/json', models = [], response, of = { k: 'any' } }: Sent, theirs: Answer, ours: Answer): string | undefined {
  const route = { name: 'r', method: 'POST', path: '/r', status: 200, parameters: [{ in: place, name: 'item', type: of }], ...response && { response } } as const
  const request = { type: 'http', method: 'POST', path: '/r', query, headers: [['content-type', type] as const, ...headers], body: base64 !== undefined ? { base64 } : body === undefined ? null : { text: body } } as const
  const { differences, rule } = judge(request, theirs, ours, aboutOf({ seed: 0, models, routes: [route] }, route))
  return differences.length === 0 ? 'equal' : rule
}

const big = (...loc: Array<string | number>) => ({ type: 'int_parsing_size', loc: ['body', ...loc], msg: 'too big', input: 9007199254740992 })
const missing = (...loc: Array<string | number>) => ({ type: 'missing', loc: ['body', ...loc], msg: 'Field required', input: null })
const LARGE = '9007199254740993'

t.test('an integer that is too large is excused at its own place only', async t => {
  t.equal(ruleOf({ body: LARGE }, answer(LARGE), issues(big())), BIG_INTEGERS)
  t.equal(ruleOf({ body: '5' }, answer('5'), issues({ ...big(), input: 5 })), undefined, 'an integer that is not')
  t.equal(ruleOf({ body: `{"a":${LARGE},"b":1}` }, answer('1'), issues(big('a'), missing('c'))), undefined, 'what is beside it')
  t.equal(ruleOf({ body: `{"a":${LARGE}}` }, issues(missing('c')), issues(big('a'), missing('c'))), BIG_INTEGERS)
  t.equal(ruleOf({ body: `{"a":${LARGE}}` }, issues(missing('d')), issues(big('a'), missing('c'))), undefined)
  t.equal(ruleOf({ body: `[${LARGE}]` }, issues({ type: 'too_short', loc: ['body'], msg: 'short' }), issues(big(0))), BIG_INTEGERS, 'the length of its list is looked at later')
  t.equal(ruleOf({ body: LARGE }, issues({ type: 'multiple_of', loc: ['body'], msg: 'multiple' }), issues(big())), BIG_INTEGERS, 'so are its bounds')
  t.equal(ruleOf({ body: `{"a":${LARGE}}` }, answer('1'), issues(big('a', 'int'), missing('a', 'Model1', 'x'))), BIG_INTEGERS, 'another member of the union')
  t.equal(ruleOf({ body: `{"a":${LARGE},"b":1}` }, answer('1'), issues(big('a', 'int'), missing('b', 'Model1', 'x'))), undefined, 'another union')
  t.equal(ruleOf({}, answer('{"detail":[{"type":"int_parsing_size","loc":["query","q"],"msg":"m","input":123456789012345678901234567890}]}', 422),
    issues({ type: 'int_parsing_size', loc: ['query', 'q'], msg: 'm', input: '123456789012345678901234567890' })), BIG_INTEGERS, 'FastAPI shows a number')
  t.equal(ruleOf({}, answer(LARGE), answer('9007199254740992')), LARGE_FLOATS)
  t.equal(ruleOf({}, answer(LARGE), answer(LARGE)), 'equal')
  t.equal(ruleOf({}, answer(LARGE), answer('9107199254740992')), undefined, 'not by rounding')
})

t.test('numbers are equal up to what a double holds', async t => {
  t.equal(ruleOf({}, answer('true'), answer('1')), WHOLE_FLOATS)
  t.equal(ruleOf({}, answer('1'), answer('true')), WHOLE_FLOATS)
  t.equal(ruleOf({}, answer('true'), answer('2')), undefined)
  t.equal(ruleOf({}, answer('"is 1.0"'), answer('"is 1"')), WHOLE_FLOATS)
  t.equal(ruleOf({}, answer('null'), answer('0')), undefined)
  t.equal(ruleOf({}, answer('"tag -0.0"'), answer('"tag 0"')), WHOLE_FLOATS)
  const size = { type: 'int_parsing_size', loc: ['response', 'b'], msg: 'm' }
  const response = { type: { k: 'any' } } as const
  t.equal(ruleOf({ response, body: '{"b":1e25}' }, failed('ResponseValidationError', [size]), answer('{}')), LARGE_FLOATS)
  t.equal(ruleOf({ response, body: '{"b":10000000000000000000000000}' }, failed('ResponseValidationError', [size]), answer('{}')), undefined)
  t.equal(ruleOf({}, answer('"tag 9007199254740993"'), answer('"tag 9007199254740992"')), LARGE_FLOATS)
  t.equal(ruleOf({}, answer('"tag 9007199254740993"'), answer('"tag 9007199254740999"')), undefined)
  t.equal(ruleOf({}, answer('1e25'), answer('10000000000000000000000000')), LARGE_FLOATS)
  t.equal(ruleOf({}, answer('"123456789012345678901234567890"'), answer('"1.2345678901234568E+29"')), LARGE_FLOATS, 'of a decimal')
  t.equal(ruleOf({}, answer('"123456789012345678901234567890"'), answer('"1.3345678901234568E+29"')), undefined)
  t.equal(ruleOf({ of: { k: 'set', of: { k: 'any' } } }, answer('[7,true]'), answer('[7,1]')), WHOLE_FLOATS, 'in a list beside a set')
  t.equal(ruleOf({ of: { k: 'set', of: { k: 'any' } } }, answer('[7,true]'), answer('[7,2]')), undefined)
  t.equal(ruleOf({ body: '1e21' }, issues({ type: 'literal_error', loc: ['body'], msg: 'm', input: 1e21 }), issues({ ...big(), input: 1e21 })), LARGE_FLOATS)
  t.equal(ruleOf({ body: '[1e21]' }, issues({ type: 'int_parsing_size', loc: ['body', 0], msg: 'm' }), issues({ type: 'less_than', loc: ['body', 0], msg: 'm' })), LARGE_FLOATS)
  t.equal(ruleOf({ body: '[7]' }, issues({ type: 'int_parsing_size', loc: ['body', 0], msg: 'm' }), issues({ type: 'less_than', loc: ['body', 0], msg: 'm' })), undefined)
  const address = { type: 'ip_v4_address', loc: ['body'], msg: 'm', input: 0 }
  t.equal(ruleOf({ body: '-0.0' }, issues(address), answer('"0.0.0.0"')), WHOLE_FLOATS)
  t.equal(ruleOf({ body: '-1.0' }, issues({ ...address, input: -1 }), answer('"0.0.0.0"')), undefined)
})

t.test('a 500 of FastAPI is excused where it could not write what is here in the answer', async t => {
  const found = [{ type: 'int_type', loc: ['body', 'a'], msg: 'm' }]
  const here = issues({ ...found[0], input: null })
  const NAN = 'Out of range float values are not JSON compliant: nan'
  t.equal(ruleOf({}, failed('ValueError', found, NAN), here), UNWRITABLE)
  t.equal(ruleOf({}, failed('ValueError', found, NAN), issues({ type: 'float_type', loc: ['body', 'a'], msg: 'm' })), undefined, 'another issue')
  t.equal(ruleOf({}, failed('ValueError', found, 'other'), here), undefined, 'another error')
  t.equal(ruleOf({}, failed('ValueError', found, NAN), answer('1')), undefined, 'no 422')
  t.equal(ruleOf({ body: LARGE }, failed('UnicodeEncodeError', []), issues(big())), BIG_INTEGERS)
  t.equal(ruleOf({ body: `{"b":${LARGE}}` }, failed('ValueError', found, NAN), issues(big('b'), { ...found[0], input: null })), BIG_INTEGERS, 'with another departure')
  const text = [{ type: 'string_unicode', loc: ['body', 'a'], msg: 'm' }]
  t.equal(ruleOf({}, failed('UnicodeEncodeError', text), issues({ type: 'enum', loc: ['body', 'a'], msg: 'x' })), UNWRITABLE)
  t.equal(ruleOf({}, failed('UnicodeEncodeError', text), answer('"\\ud800"')), UNWRITABLE)
  t.equal(ruleOf({}, failed('UnicodeEncodeError', text), issues(missing('b'))), undefined)
  t.equal(ruleOf({}, failed('UnicodeEncodeError'), answer('"\\ud800"')), UNWRITABLE)
  const binary = { base64: Buffer.from([0xff]).toString('base64'), type: 'text/plain' }
  const members = [{ type: 'int_parsing', loc: ['body', 'int'], msg: 'm' }, { type: 'string_unicode', loc: ['body', 'str'], msg: 'm' }]
  const lacks = { type: 'missing', loc: ['query', 'q'], msg: 'Field required' }
  t.equal(ruleOf(binary, failed('UnicodeDecodeError', [lacks, ...members]), issues({ ...lacks, input: null })), UNWRITABLE, 'a text to another member')
  t.equal(ruleOf(binary, failed('UnicodeDecodeError', [lacks, members[0]!]), issues({ ...lacks, input: null })), undefined)
  t.equal(ruleOf({}, failed('UnicodeEncodeError'), answer('"x"')), undefined)
  t.equal(ruleOf({}, failed('PydanticSerializationError', null, 'Error serializing to JSON: UnicodeEncodeError: …'), answer('"\\ud800"')), UNWRITABLE)
  t.equal(ruleOf({}, failed('PydanticSerializationError', null, 'Error'), answer('"\\ud800"')), undefined)
  t.equal(ruleOf({}, failed('ValueError', null, NAN), answer('[null]')), NOT_FINITE)
  t.equal(ruleOf({}, failed('ValueError', null, NAN), answer('[1]')), undefined)
  t.equal(ruleOf({}, failed('KeyError'), answer('1')), undefined)
  t.equal(ruleOf({}, failed('ValueError', found, NAN), broken), undefined, 'a fault here')
  t.equal(ruleOf({}, failed('ResponseValidationError', []), broken), PLAIN_500)
})

t.test('a returned value that FastAPI refuses is excused for what is left out, or read by name', async t => {
  const extra = { type: 'extra_forbidden', loc: ['response', 'zzz'], msg: 'm' }
  const lacking = { type: 'missing', loc: ['response', 'a'], msg: 'm' }
  const other = { type: 'int_type', loc: ['response', 'b'], msg: 'm' }
  const response = { type: { k: 'any' } } as const
  t.equal(ruleOf({ response, body: '{"zzz":1}' }, failed('ResponseValidationError', [extra]), answer('{}')), RETURNED_EXTRA)
  t.equal(ruleOf({ response, body: '{"zzz":1}' }, failed('ResponseValidationError', [extra, other]), answer('{}')), undefined)
  t.equal(ruleOf({ response, body: '{"q":{}}' }, failed('ResponseValidationError', [
    { type: 'extra_forbidden', loc: ['response', 'q', 'Model1', 'x'], msg: 'm' }, { type: 'missing', loc: ['response', 'q', 'Model2', 'y'], msg: 'm' }
  ]), answer('{}')), RETURNED_EXTRA, 'another member of the union')
  t.equal(ruleOf({ response, body: '{}' }, failed('ResponseValidationError', [lacking]), answer('{}')), undefined)
  const text = { type: 'string_unicode', loc: ['response', 'b'], msg: 'm' }
  t.equal(ruleOf({ response, body: '{}' }, failed('ResponseValidationError', [text]), answer('{"b":"\\ud800"}')), UNWRITABLE)
  t.equal(ruleOf({ response, body: '{}' }, failed('ResponseValidationError', [text]), answer('{"b":"x"}')), undefined)
  t.equal(ruleOf({ response: { ...response, exclude_none: true }, body: '{}' }, failed('ResponseValidationError', [lacking]), answer('{}')), RETURNED_PART)
  t.equal(ruleOf({ response: { ...response, exclude_none: true }, body: '{}' }, failed('ResponseValidationError', [other]), answer('{}')), undefined)

  const models: Model[] = [{ name: 'M', fields: [{ name: 'b', alias: 'a', type: { k: 'int' } }] }]
  t.equal(ruleOf({ response, models, body: '{"b":1}' }, failed('ResponseValidationError', [lacking]), answer('{"a":1}')), RETURNED_NAME)
  t.equal(ruleOf({ response, models, body: '{"b":1}' }, failed('ResponseValidationError', [lacking, extra]), answer('{"a":1}')), RETURNED_NAME, 'of a model that forbids others')
  t.equal(ruleOf({ response, models, body: '{"c":1}' }, failed('ResponseValidationError', [lacking]), answer('{"a":1}')), undefined)
  t.equal(ruleOf({ response, models, body: '{"b":1}' }, answer('{"a":2}'), answer('{"a":1}')), RETURNED_NAME)
  t.equal(ruleOf({ response, models, body: '{"a":2,"b":"x"}' }, answer('{"a":2}'), refused(['a'])), RETURNED_NAME)
  t.equal(ruleOf({ response, models, body: '{"q":{"a":2,"b":[{}]}}' }, answer('{"q":{"a":2}}'), refused(['q', 'b', 0])), RETURNED_NAME)
  t.equal(ruleOf({ response, models, body: '{"a":2,"b":"x"}' }, answer('{"a":2}'), refused(['c'])), undefined, 'another field')
  t.equal(ruleOf({ response, models, body: '{"a":2,"b":"x"}' }, answer('{"a":2}'), refused(['a'], ['c'])), undefined, 'another field besides')
  t.equal(ruleOf({ response, models, body: '{"q":{"b":"x"}}' }, answer('{}'), refused(['q', 'M', 'b'], ['q', 'Other', 'c'])), RETURNED_NAME, 'another member of the union')
  t.equal(ruleOf({ response, models, body: '{"a":2,"b":"x"}' }, answer('{"a":2}'), broken), undefined, 'a fault of another kind')
  t.equal(ruleOf({ response, models, body: '{"a":{},"q":{"b":1}}' }, answer('{"a":2}'), answer('{"a":1}')), undefined, 'the name in another object')
  t.equal(ruleOf({ response, models, body: '{"b":1}' }, answer('{"z":2}'), answer('{"z":1}')), undefined, 'another field')
  t.equal(ruleOf({ models, body: '{"b":1}' }, answer('{"a":2,"b":1}'), answer('{"a":2}')), EXTRA_NAME)
  t.equal(ruleOf({ models, body: '{"c":1}' }, answer('{"a":2,"b":1}'), answer('{"a":2}')), undefined, 'what was not sent')
  t.equal(ruleOf({ models, body: '{"c":1}' }, answer('{"a":2,"c":1}'), answer('{"a":2}')), undefined, 'another name')
  t.equal(ruleOf({ models, body: '{"q":{"b":1}}' }, answer('{"item":{"q":{"a":2,"b":1}}}'), answer('{"item":{"q":{"a":2}}}')), EXTRA_NAME, 'behind the parameter')
  for (const sent of [{ in: 'query', query: 'b=1' }, { in: 'header', headers: [['b', '1']] }] as const) {
    t.equal(ruleOf({ models, ...sent }, answer('{"item":{"a":2,"b":1}}'), answer('{"item":{"a":2}}')), EXTRA_NAME, sent.in)
    t.equal(ruleOf({ models, in: sent.in }, answer('{"item":{"a":2,"b":1}}'), answer('{"item":{"a":2}}')), undefined, 'not sent')
    t.equal(ruleOf({ models, ...sent }, answer('{"item":{"q":{"b":1}}}'), answer('{"item":{"q":{}}}')), undefined, 'deeper')
  }
  t.equal(ruleOf({ models, body: '{"q":{"b":1}}' }, answer('{"a":2,"b":1}'), answer('{"a":2}')), undefined, 'what was sent elsewhere')
  t.equal(ruleOf({ response, models, body: '{"b":1}' }, issues(missing('a')), answer('{"a":1}')), undefined)
  const [large, address] = [{ type: 'int_parsing_size', loc: ['response', 'n'], msg: 'm' }, { type: 'ip_v4_address', loc: ['response', 'i'], msg: 'm' }]
  t.equal(ruleOf({ response, body: '{"n":1e25,"zzz":1}' }, failed('ResponseValidationError', [large, extra]), answer('{}')), RETURNED_EXTRA, 'two departures at once')
  t.equal(ruleOf({ response, body: '{"i":1.0}' }, failed('ResponseValidationError', [address]), answer('{}')), WHOLE_FLOATS)
  t.equal(ruleOf({ response, body: '{"i":"x"}' }, failed('ResponseValidationError', [address]), answer('{}')), undefined)
  const closed: Model[] = [{ name: 'M', extra: 'forbid', fields: [{ name: 'b', type: { k: 'int' } }] }]
  t.equal(ruleOf({ response, models: closed, body: '{"q":{"b":1,"extra":2}}' }, answer('{"q":{"z":null}}'), answer('{"q":{"b":1}}')), RETURNED_EXTRA, 'another member of the union takes it')
  t.equal(ruleOf({ response, models: closed, body: '{"q":{"b":1}}' }, answer('{"q":{"z":null}}'), answer('{"q":{"b":1}}')), undefined, 'without an extra field')
  t.equal(ruleOf({ response, models: closed, body: '{"q":{"b":1,"extra":2},"n":1}' }, answer('{"q":{"z":null},"n":1}'), answer('{"q":{"b":1},"n":2}')), undefined, 'something else besides')
  t.equal(ruleOf({ models: closed, body: '{"q":{"b":1,"extra":2}}' }, answer('{"q":{"z":null}}'), answer('{"q":{"b":1}}')), undefined, 'in a request')
  const bytes = { type: 'decimal_type', loc: ['response'], msg: 'm' }
  t.equal(ruleOf({ response, body: '5', type: 'text/plain' }, failed('ResponseValidationError', [bytes]), answer('"5"')), TEXT_BODY)
  t.equal(ruleOf({ response, body: '5' }, failed('ResponseValidationError', [bytes]), answer('"5"')), undefined)
  const unicode = { type: 'string_unicode', loc: ['response'], msg: 'm' }
  const binary = Buffer.from([0xff]).toString('base64')
  t.equal(ruleOf({ response, base64: binary, type: 'text/plain' }, failed('ResponseValidationError', [unicode]), answer('"\ufffd"')), TEXT_BODY)
  t.equal(ruleOf({ response, body: 'x', type: 'text/plain' }, failed('ResponseValidationError', [unicode]), answer('"x"')), undefined)
})

t.test('patterns and bodies that are not JSON are excused for what Unicode and bytes make of them', async t => {
  const pattern = (source: string, input: string) => issues({ type: 'string_pattern_mismatch', loc: ['body'], msg: 'm', input, ctx: { pattern: source } })
  t.equal(ruleOf({ body: '"٣٣"' }, answer('"٣٣"'), pattern('\\d{2,}', '٣٣')), PATTERNS)
  t.equal(ruleOf({ body: '"a\u2028"' }, answer('1'), pattern('^.{1,3}$', 'a\u2028')), PATTERNS)
  t.equal(ruleOf({ body: '"é"' }, answer('1'), pattern('^a', 'é')), undefined)
  const text = { type: 'text/plain' }
  t.equal(ruleOf({ body: '4', ...text }, answer('{"item":4}'), answer('{"item":"4"}')), TEXT_BODY)
  t.equal(ruleOf({ body: '4.0', ...text }, answer('{"item":4}'), answer('{"item":"4.0"}')), TEXT_BODY)
  t.equal(ruleOf({ body: '1E400', ...text }, answer('{"item":null}'), answer('{"item":"1E400"}')), TEXT_BODY)
  t.equal(ruleOf({ body: 'x', ...text }, answer('{"item":null}'), answer('{"item":"x"}')), undefined)
  t.equal(ruleOf({ base64: Buffer.from('é').toString('base64'), ...text }, answer('{"item":"Ã©"}'), answer('{"item":"é"}')), TEXT_BODY, 'bytes that are not ASCII')
  t.equal(ruleOf({ base64: Buffer.from('é').toString('base64'), ...text }, answer('{"item":"Ã¨"}'), answer('{"item":"é"}')), undefined, 'and are others')
  const form = { type: 'application/x-www-form-urlencoded', base64: Buffer.from('é=1').toString('base64') }
  t.equal(ruleOf(form, answer('{"q":[{"Ã©":"€"}]}'), answer('{"q":[{"é":"€"}]}')), LATIN1)
  t.equal(ruleOf(form, answer('{"q":[{"Ã©":1}]}'), answer('{"q":[{"é":2}]}')), undefined, 'another value')
  t.equal(ruleOf({ ...form, base64: Buffer.from('e=1').toString('base64') }, answer('{"Ã©":1}'), answer('{"é":1}')), undefined, 'bytes that are ASCII')
  t.equal(ruleOf({ ...form, ...text }, answer('{"Ã©":1}'), answer('{"é":1}')), undefined, 'no form')
  t.equal(ruleOf({ body: '4', ...text }, answer('{"item":5}'), answer('{"item":"4"}')), undefined, 'another number')
  t.equal(ruleOf({ body: '5', ...text }, answer('{"item":4}'), answer('{"item":"4"}')), undefined, 'what was not sent')
  t.equal(ruleOf({ body: '4', ...text }, answer('{"q":4}'), answer('{"q":"4"}')), undefined, 'another parameter')
  t.equal(ruleOf({ ...text }, answer('{"item":4}'), answer('{"item":"4"}')), undefined, 'no body')
  t.equal(ruleOf({ body: '4' }, answer('{"item":4}'), answer('{"item":"4"}')), undefined, 'JSON')
  t.equal(ruleOf({ body: '4', type: 'application/jsonx' }, answer('{"item":4}'), answer('{"item":"4"}')), TEXT_BODY, 'a type that begins like it')
  t.equal(ruleOf({ body: '4', type: 'application/a+json; q=1' }, answer('{"item":4}'), answer('{"item":"4"}')), undefined)
  const [url, other, place] = [issues({ type: 'url_type', loc: ['body'], msg: 'm', input: 'x' }), issues({ type: 'url_parsing', loc: ['body'], msg: 'm', input: 'x' }), issues({ type: 'url_type', loc: ['query'], msg: 'm', input: 'x' })]
  t.equal(ruleOf({ body: 'x', ...text }, url, other), TEXT_BODY)
  t.equal(ruleOf({ body: 'http://x/', ...text }, url, answer('{}')), TEXT_BODY)
  t.equal(ruleOf({ body: '"x"' }, url, other), undefined)
  t.equal(ruleOf({ body: 'x', ...text }, place, other), undefined, 'another place')
  const uuid = (words: string) => issues({ type: 'uuid_parsing', loc: ['body'], msg: `Input should be a valid UUID, ${words}`, input: '-1', ctx: { error: words } })
  t.equal(ruleOf({ body: '-1', ...text }, uuid('invalid length: expected 16 bytes, found 2'), uuid('invalid group count')), TEXT_BODY)
  t.equal(ruleOf({ body: '-1', ...text }, uuid('invalid length: expected 16 bytes, found 3'), uuid('invalid group count')), undefined)
  t.equal(ruleOf({ body: '\xff', ...text }, answer('"a"'), answer('"\ufffd"')), undefined, 'bytes that are UTF-8')
  t.equal(ruleOf({ base64: Buffer.from([0xff]).toString('base64'), ...text }, answer('"\u00ff"'), answer('"\ufffd"')), TEXT_BODY)
  const address = issues({ type: 'ip_v4_address', loc: ['body'], msg: 'm', input: 'true' })
  t.equal(ruleOf({ body: 'true', ...text }, answer('"116.114.117.101"'), address), TEXT_BODY)
  t.equal(ruleOf({ body: '"true"' }, answer('"116.114.117.101"'), address), undefined)
  t.equal(ruleOf({ body: '{' }, answer('1'), issues(missing())), undefined, 'broken JSON')
})
