import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { AnyUrl, Bytes, HttpUrl, IPv4, Secret, SecretText, Uuid } from '../../../plugins/types/index.ts'
import { codecOf, inDocument, read, reason, wire } from './codec-of.ts'

const uuid = '123e4567-e89b-12d3-a456-426614174000'

t.test('a UUID is read in all its forms, and written in lower case with hyphens', async t => {
  t.same(inDocument(Uuid()), { type: 'string', format: 'uuid' })
  for (const text of [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), `{${uuid}}`, `urn:uuid:${uuid}`]) t.equal(wire(Uuid(), text), uuid, text)
  fc.assert(fc.property(fc.uuid(), text => wire(Uuid(), text.replaceAll('-', '').toUpperCase()) === text && codecOf(Uuid()).is(text)))
})

t.test('what is wrong with a UUID is counted', async t => {
  const cases = [
    ['', 'invalid length: found 0'], ['123', 'invalid length: found 3'],
    ['x' + uuid.slice(1), 'invalid character: found `x` at 0'], ['é' + uuid.slice(1), 'invalid character: found `é` at 0'], ['éx', 'invalid character: found `é` at 0'], ['\u0663', 'invalid length: found 2'], ['\u06631', 'invalid length: found 3'], ['0é', 'invalid character: found `é` at 1'],
    [`{${uuid.slice(0, -1)}g}`, 'invalid character: found `g` at 35'], ['{zz}', 'invalid character: found `z` at 1'], ['urn:uuid:zz', 'invalid character: found `z` at 9'],
    ['1-2', 'invalid group count: expected 5, found 2'], ['{}', 'invalid group count: expected 5, found 1'], ['1-2-3-4-5', 'invalid group length in group 0: expected 8, found 1'],
    [uuid + '0', 'invalid group length in group 4: expected 12, found 13'], [`URN:UUID:${uuid}`, 'invalid character: found `U` at 0'],
    ['é'.repeat(23), 'invalid length: found 46'], [`urn:uuid:${uuid}0`, 'invalid length: found 46'], ['0'.repeat(45), 'invalid length: found 45']
  ] as const
  for (const [text, error] of cases) t.equal(reason(Uuid(), text), error, text)
  t.match(wire(Uuid(), 'x'), /^uuid_parsing: Input should be a valid UUID, /)
  for (const input of [1, true, null, []]) t.equal(wire(Uuid(), input), 'uuid_type: UUID input should be a string, bytes or UUID object')
})

t.test('bytes are a Buffer, and UTF-8 or base64 on the wire', async t => {
  t.same(inDocument(Bytes()), { type: 'string', contentMediaType: 'application/octet-stream' })
  t.same(inDocument(Bytes({ encoding: 'base64', minLength: 1 })), { type: 'string', contentEncoding: 'base64', contentMediaType: 'application/octet-stream', minLength: 1 })
  t.same(read(Bytes(), 'hé'), Buffer.from('hé'))
  t.equal(wire(Bytes(), 'hé'), 'hé')
  const base64 = Bytes({ encoding: 'base64' })
  for (const text of ['--__', '++//', 'YQ', 'YQ==', 'YQ=', '']) t.same(read(base64, text), Buffer.from(text, 'base64'), text)
  t.equal(wire(base64, Buffer.from([0xfb, 0xff])), '-_8=')
  t.throws(() => wire(Bytes(), Buffer.from([0xff])), TypeError)
  fc.assert(fc.property(fc.uint8Array(), bytes => read(base64, wire(base64, Buffer.from(bytes))).equals(bytes)))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => wire(Bytes(), text) === text))
  for (const input of [5, true, null]) t.equal(wire(Bytes(), input), 'bytes_type: Input should be a valid bytes')
})

t.test('what is wrong with base64 is named', async t => {
  const cases = [
    ['Y', 'Invalid input length: 1'], ['YWJjY', 'Invalid input length: 5'], ['YR', 'Invalid last symbol 82, offset 1.'], ['YWJ', 'Invalid last symbol 74, offset 2.'], ['Y Q=', 'Invalid symbol 32, offset 1.'],
    ['YQ=\n', 'Invalid symbol 61, offset 2.'], ['YQ==\n', 'Invalid symbol 10, offset 4.'], ['=', 'Invalid symbol 61, offset 0.'], ['YQ==YQ==', 'Invalid symbol 61, offset 2.'],
    ['a-b+', 'Invalid symbol 45, offset 1.'], ['é', 'Invalid symbol 195, offset 0.']
  ] as const
  for (const [text, error] of cases) t.equal(reason(Bytes({ encoding: 'base64' }), text), error, text)
  t.match(wire(Bytes({ encoding: 'base64' }), '='), /^bytes_invalid_encoding: Data should be valid base64: /)
})

t.test('bytes and secrets may have bounds', async t => {
  const bytes = Bytes({ minLength: 2, maxLength: 3 })
  t.equal(wire(bytes, 'é'), 'é')
  t.equal(wire(bytes, 'a'), 'bytes_too_short: Data should have at least 2 bytes')
  t.equal(wire(bytes, 'éé'), 'bytes_too_long: Data should have at most 3 bytes')
  t.equal(wire(Bytes({ minLength: 1 }), ''), 'bytes_too_short: Data should have at least 1 byte')
  const secret = Secret({ minLength: 1, maxLength: 2 })
  t.equal(read(secret, '😀é').reveal(), '😀é')
  t.equal(wire(secret, ''), 'too_short: Value should have at least 1 item after validation, not 0')
  t.equal(wire(secret, 'abc'), 'too_long: Value should have at most 2 items after validation, not 3')
})

t.test('a secret shows itself only when asked to', async t => {
  t.same(inDocument(Secret({ minLength: 8 })), { type: 'string', format: 'password', writeOnly: true, minLength: 8 })
  const secret = read(Secret(), 'hunter2')
  t.equal(secret.reveal(), 'hunter2')
  t.equal(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`, "********** {\"secret\":\"**********\"} SecretText('**********')")
  t.equal(wire(Secret(), secret), '**********')
  t.equal(String(new SecretText('')), '')
  t.equal(read(Secret(), secret), secret)
  t.equal(wire(Secret(), 5), 'string_type: Input should be a valid string')
})

t.test('a URL is written as the URL Standard writes it', async t => {
  t.same(inDocument(HttpUrl()), { type: 'string', format: 'uri', minLength: 1, maxLength: 2083 })
  t.same(inDocument(AnyUrl()), { type: 'string', format: 'uri', minLength: 1 })
  const cases = [
    ['HTTP://EXAMPLE.com:80/a/../b', 'http://example.com/b'], ['https://exämple.com/é?q=é', 'https://xn--exmple-cua.com/%C3%A9?q=%C3%A9'], ['http:///x', 'http://x/'],
    [' http://a\t\n', 'http://a/'], ['http://a/\t ', 'http://a/'], ['http://[::1]:8080', 'http://[::1]:8080/'], ['http://1.2.3', 'http://1.2.0.3/'], ['http://a/{}^|', 'http://a/%7B%7D^|'], ['http://a/%5E^', 'http://a/%5E^'], ['http://^:^@a/@^$&?^#^', 'http://%5E:%5E@a/@^$&?^#^'],
    ['http://a:', 'http://a/'], ['http://u:p@a/', 'http://u:p@a/'], ['http://xn--exmple-cua.com', 'http://xn--exmple-cua.com/'], ['http://a%62c', 'http://abc/'], ['http://א1.com.', 'http://xn--1-zhc.com./'], ['http://a/$&^', 'http://a/$&^']
  ] as const
  for (const [text, href] of cases) {
    t.equal(wire(HttpUrl(), text), href, text)
    t.ok(codecOf(HttpUrl()).is(href), href)
  }
  for (const text of ['foo:bar', 'foo:/a', 'foo://a:80/b', 'foo://[::1]/', 'file:///C:/a', 'file://host/a', 'file:///etc', 'urn:uuid:x', 'foo://', 'mailto:a@b.co']) t.equal(wire(AnyUrl(), text), text)
  t.equal(wire(AnyUrl(), 'file:x'), 'file:///x')
  t.equal(wire(AnyUrl(), 'file://C:/a'), 'file:///C:/a')
})

t.test('what is wrong with a URL is named', async t => {
  const cases = [
    ['', 'input is empty'], ['a', 'relative URL without a base'], ['//a', 'relative URL without a base'], ['1http://a', 'relative URL without a base'],
    ['http://', 'empty host'], ['http://@', 'empty host'], ['http://:80', 'empty host'], ['http://u@/x', 'empty host'], ['http://\u00ad', 'empty host'], ['foo://u@', 'empty host'], ['foo://:80', 'empty host'],
    ['http://a:x', 'invalid port number'], ['http://a:65536', 'invalid port number'], ['foo://a:999999', 'invalid port number'],
    ['http://[::1', 'invalid IPv6 address'], ['http://[1::2::3]', 'invalid IPv6 address'], ['foo://[x]', 'invalid IPv6 address'],
    ['http://256.1.1.1', 'invalid IPv4 address'], ['http://1.2.3.4.5', 'invalid IPv4 address'], ['http://0xg.0x', 'invalid IPv4 address'], ['http://a.1.', 'invalid IPv4 address'],
    ['http://a b', 'invalid international domain name'], ['http://xn--a', 'invalid international domain name'], ['http://a%2fb', 'invalid international domain name'], ['file://a b/', 'invalid international domain name'],
    ['http://xn--abc-', 'invalid international domain name'],
    ['http://\u2488', 'invalid international domain name'], ['http://\u200d', 'invalid international domain name'], ['http://a%2f.1', 'invalid international domain name'],
    ['http://08.a%62.\u00e1.1', 'invalid IPv4 address'], ['http://1.א.com', 'invalid international domain name'], ['http://1.א.com.1', 'invalid international domain name'],
    ['file://u@a/', 'invalid international domain name'], ['file://a:80/', 'invalid international domain name'], ['file://1.2.3.4.5/', 'invalid IPv4 address'], ['file://[x]/', 'invalid IPv6 address'],
    ['foo://a b', 'invalid domain character']
  ] as const
  for (const [text, error] of cases) t.equal(reason(AnyUrl(), text), error, text)
  t.match(wire(HttpUrl(), 'a'), /^url_parsing: Input should be a valid URL, /)
  t.equal(wire(HttpUrl(), 'ftp://a'), "url_scheme: URL scheme should be 'http' or 'https'")
  t.equal(wire(HttpUrl(), `http://a/${'x'.repeat(2075)}`), 'url_too_long: URL should have at most 2083 characters')
  t.ok(codecOf(HttpUrl()).is(wire(HttpUrl(), `http://a/${'é'.repeat(700)}`)), 'what was short enough may be longer when it is written out')
  for (const input of [1, null, {}]) t.equal(wire(AnyUrl(), input), 'url_type: URL input should be a string or URL')
})

t.test('an IPv4 address has four numbers without leading zeros, or is one', async t => {
  t.same(inDocument(IPv4()), { type: 'string', format: 'ipv4' })
  for (const [input, address] of [['1.2.3.4', '1.2.3.4'], ['255.255.255.255', '255.255.255.255'], [16909060, '1.2.3.4'], [true, '0.0.0.1'], [0xffffffff, '255.255.255.255']]) t.equal(wire(IPv4(), input), address)
  for (const input of ['', '1.2.3', '01.2.3.4', '1.2.3.256', '1.2.3.4.', '1.2.3.4/8', -1, 2 ** 32, 1.5, null, {}]) t.equal(wire(IPv4(), input), 'ip_v4_address: Input is not a valid IPv4 address')
  fc.assert(fc.property(fc.ipV4(), address => wire(IPv4(), address) === address && codecOf(IPv4()).is(address)))
})
