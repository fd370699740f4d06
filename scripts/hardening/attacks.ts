/**
 * Requests made to cost more than they are worth.
 *
 * @module
 */

import type { InjectOptions } from 'fastify'
import { BODIES } from './probes.ts'

export interface Attack {
  readonly name: string
  readonly request: InjectOptions
}

function post (name: string, path: keyof typeof BODIES, payload: string | Buffer): Attack {
  return { name, request: { method: 'POST', url: `/probes/${path}`, headers: { 'content-type': 'application/json' }, payload } }
}

function get (name: string, request: InjectOptions): Attack {
  return { name, request: { method: 'GET', url: '/probes/query', ...request } }
}

/** Fits into the 16 kB that Node takes for all headers. */
const HEADER = 12_000

const DOMAIN_TYPES = ['email', 'url', 'dateTime', 'day', 'time', 'duration', 'decimal', 'uuid', 'bytes'] as const

/** @param size bytes of a body */
export function attacksOf (size: number): Attack[] {
  /** As many repetitions as fit between what opens and what closes. */
  const fill = (open: string, unit: string, close: string): string =>
    open + unit.repeat(Math.floor((size - Buffer.byteLength(open + close)) / Buffer.byteLength(unit))) + close
  const list = (item: string): string => fill('[', `${item},`, `${item}]`)
  const count = Math.floor(size / 17)
  const keys = (value: string): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":${value}`).join()}}`

  return [
    post('bad items: numbers for strings', 'strings', list('1')),
    post('bad items: empty objects', 'items', list('{}')),
    post('bad items: three wrong fields each', 'items', list('{"name":1,"price":"x","tags":[0]}')),
    post('bad items of a union', 'union', list('{"kind":"b"}')),
    post('lists in a union', 'union', list('[[]]')),
    post('thirty missing fields beside a megabyte of text', 'fields', fill('{"x":"', 'x', '"}')),
    post('many keys for a closed object', 'closed', keys('1')),
    post('many bad values of a dictionary', 'dict', keys('"x"')),
    post('many values of a dictionary', 'dict', keys('1')),
    post('a set of equal strings', 'set', list('"aa"')),
    post('a list of equal objects that must differ', 'unique', list('{}')),
    post('a list of different lists that must differ', 'unique', `[${Array.from({ length: count }, (_, i) => `[${i}]`).join()}]`),
    post('depth: [ and nothing else', 'items', fill('', '[', '')),
    post('depth: lists closed again', 'items', '['.repeat(size / 2) + ']'.repeat(size / 2)),
    post('depth: a recursive schema', 'tree', '{"children":['.repeat(count) + ']}'.repeat(count)),
    post('width: a recursive schema', 'tree', fill('{"children":[', '{"children":[1]},', '{}]}')),
    post('pattern ^(a+)+$', 'pattern', fill('"', 'a', '!"')),
    post('pattern ^(a|a)*b$', 'alternation', fill('"', 'a', '"')),
    post('text far too long', 'text', fill('"', 'x', '"')),
    post('text of surrogate pairs', 'text', fill('"', '😀', '"')),
    post('digits as a JSON int', 'int', fill('', '9', '')),
    post('digits as text of an int', 'int', fill('"', '9', '"')),
    post('blanks as text of an int', 'int', fill('"', ' ', '"')),
    post('blanks around an int', 'int', fill('', ' ', '1')),
    post('zeros and a dot as a number', 'number', fill('"0.', '0', '1"')),
    post('a boolean of a megabyte', 'boolean', fill('"', 't', '"')),
    post('a literal of a megabyte', 'literal', fill('"', 'a', '"')),
    post('JSON that breaks at its end', 'strings', fill('[', '"a",', '')),
    post('JSON that breaks at its end, beyond ASCII', 'strings', fill('["', 'é', '"')),
    post('JSON of escapes that breaks', 'text', fill('"', '\\\\', '')),
    post('JSON with __proto__ everywhere', 'items', list('{"__proto__":{"polluted":1}}')),
    post('no UTF-8', 'text', Buffer.alloc(size, 0xc3)),
    ...DOMAIN_TYPES.flatMap(type => ['1', 'a', '@', '.', ':', '-', ' ', '%', 'P1Y'].map(unit =>
      post(`${type}: a megabyte of ${JSON.stringify(unit)}`, type, fill('"', unit, '"')))),
    get('query of &', { url: `/probes/query?${'&'.repeat(HEADER)}` }),
    get('query of bad escapes', { url: `/probes/query?${'%&'.repeat(HEADER / 2)}` }),
    get('query of one key repeated', { url: `/probes/query?${'n=x&'.repeat(HEADER / 4)}` }),
    get('query of bad escapes, one key repeated', { url: `/probes/query?${'n=%&'.repeat(HEADER / 4)}` }),
    get('query of digits', { url: `/probes/query?n=${'9'.repeat(HEADER)}` }),
    get('header of commas', { headers: { 'x-list': ','.repeat(HEADER) } }),
    get('cookie of ;', { headers: { cookie: ';'.repeat(HEADER) } }),
    get('cookie of quotes and backslashes', { headers: { cookie: `session="${'\\"'.repeat(HEADER / 2)}` } }),
    get('cookie repeated', { headers: { cookie: 'session=1;'.repeat(HEADER / 10) } })
  ]
}
