import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { kContainer, Refusal } from '../../../plugins/types/codec.ts'
import { parseJsonText } from '../../../plugins/types/json-text.ts'
import { Json } from '../../../plugins/types/index.ts'
import { inDocument } from './codec-of.ts'

t.test('JSON inside a string says what is in it', async t => {
  const inner = Type.Array(Type.Integer())
  const schema = Json(inner, { title: 'Numbers' })
  t.same(inDocument(schema), { type: 'string', contentMediaType: 'application/json', contentSchema: inDocument(inner), title: 'Numbers' })
  t.equal(Reflect.get(schema, kContainer), 'json')
  t.same(JSON.parse(JSON.stringify(Json())), { type: 'string', contentMediaType: 'application/json', contentSchema: {} })
})

t.test('every JSON value is read', async t => {
  fc.assert(fc.property(fc.json(), text => {
    t.same(parseJsonText(text), JSON.parse(text))
  }))
})

t.test('NaN and Infinity are numbers, as in Python', async t => {
  t.same(parseJsonText('[NaN, Infinity, -Infinity, 2e3]'), [NaN, Infinity, -Infinity, 2000])
  t.same(parseJsonText('{"é\\n\\u00e9\\ud83d\\ude00": [true, false, null, -1.5e+3, 1E-2, 0, {}, []], "x": NaN, "__proto__": 1}'),
    JSON.parse('{"é\\né😀": [true, false, null, -1500, 0.01, 0, {}, []], "x": null, "__proto__": 1}', (key, value) => key === 'x' ? NaN : value))
})

t.test('a mistake is named as jiter names it, with its line and column', async t => {
  const cases = [
    ['', 'EOF while parsing a value at line 1 column 0'], ['[1,]', 'trailing comma at line 1 column 4'], ['{"a":1,}', 'trailing comma at line 1 column 8'], ['[1 2]', 'expected `,` or `]` at line 1 column 4'],
    ['{"a":1 2}', 'expected `,` or `}` at line 1 column 8'], ['{"a" 1}', 'expected `:` at line 1 column 6'], ['{a:1}', 'key must be a string at line 1 column 2'], ['{"a":1,b}', 'key must be a string at line 1 column 8'],
    ['1 2', 'trailing characters at line 1 column 3'], ['x', 'expected value at line 1 column 1'], ['nul', 'EOF while parsing a value at line 1 column 3'], ['nulx', 'expected ident at line 1 column 4'],
    ['[', 'EOF while parsing a list at line 1 column 1'], ['[1', 'EOF while parsing a list at line 1 column 2'], ['[1,', 'EOF while parsing a value at line 1 column 3'], ['{', 'EOF while parsing an object at line 1 column 1'],
    ['{"a"', 'EOF while parsing an object at line 1 column 4'], ['{"a":1', 'EOF while parsing an object at line 1 column 6'], ['{"a":1,', 'EOF while parsing a value at line 1 column 7'],
    ['01', 'invalid number at line 1 column 2'], ['-01', 'invalid number at line 1 column 3'], ['-a', 'invalid number at line 1 column 2'], ['1.x', 'invalid number at line 1 column 3'], ['1e+', 'EOF while parsing a value at line 1 column 3'],
    ['"a', 'EOF while parsing a string at line 1 column 2'], ['"\\', 'EOF while parsing a string at line 1 column 2'], ['"\\x"', 'invalid escape at line 1 column 3'], ['"\\u12"', 'EOF while parsing a string at line 1 column 6'], ['"\\u12g4"', 'invalid escape at line 1 column 6'],
    ['"\\ude00"', 'lone leading surrogate in hex escape at line 1 column 7'], ['"\\ud83d\\u0041"', 'lone leading surrogate in hex escape at line 1 column 13'], ['"\\ud83dxx"', 'unexpected end of hex escape at line 1 column 8'],
    ['"\\ud83d\\n"', 'unexpected end of hex escape at line 1 column 9'], ['"\\ud83d\\', 'EOF while parsing a string at line 1 column 8'],
    ['"a\u0001"', 'control character (\\u0000-\\u001F) found while parsing a string at line 1 column 3'], ['\n[1,\n é]', 'expected value at line 3 column 2'], ['"é" x', 'trailing characters at line 1 column 6'],
    ['['.repeat(202), 'recursion limit exceeded at line 1 column 202'], ['['.repeat(200) + '{"a": 1}', 'recursion limit exceeded at line 1 column 207'], ['{"a":'.repeat(201), 'EOF while parsing a value at line 1 column 1005'], ['9'.repeat(4301), 'number out of range at line 1 column 4301']
  ] as const
  for (const [text, error] of cases) {
    t.match(parseJsonText(text), { type: 'json_invalid', msg: `Invalid JSON: ${error}`, ctx: { error } }, text.slice(0, 20))
  }
  t.match(parseJsonText(`[${'9'.repeat(4299)},${'8'.repeat(4299)},-${'9'.repeat(4300)}]`), { ctx: { error: 'number out of range at line 1 column 12903' } })
  t.match(parseJsonText('[NaN, "\ud800é😀" x]'), { ctx: { error: 'expected `,` or `]` at line 1 column 19' } })
  t.match(parseJsonText('"\\u1éé'), { ctx: { error: 'invalid escape at line 1 column 5' } })
  t.match(parseJsonText('"\\u1é'), { ctx: { error: 'EOF while parsing a string at line 1 column 6' } })
  t.notMatch(parseJsonText('['.repeat(201) + ']'.repeat(201)), Refusal)
  t.match(parseJsonText('['.repeat(202) + ']'.repeat(202)), Refusal)
  t.equal(parseJsonText('"\\ud83d\\ude00"'), '😀')
})
