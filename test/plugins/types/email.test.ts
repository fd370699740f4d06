import { Type } from '@fastify/type-provider-typebox'
import fc from 'fast-check'
import t from 'tap'
import errors from '../../../plugins/errors/index.ts'
import { Email } from '../../../plugins/types/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'
import { codecOf, inDocument, reason, wire } from './codec-of.ts'

const x = (times: number): string => 'x'.repeat(times)

t.test('an address is normalized: its domain in lower case and Unicode, its name dropped', async t => {
  t.same(inDocument(Email({ title: 'Mail' })), { type: 'string', format: 'email', title: 'Mail' })
  const cases = [
    ['Jane.Doe+tag@Example.COM', 'Jane.Doe+tag@example.com'], ['INFO@b.co', 'info@b.co'], ["o'b@my-site.co", "o'b@my-site.co"], ['WebMaster@my-site.co', 'webmaster@my-site.co'],
    ['John Doe <a@b.co>', 'a@b.co'], ['"John Q. Doe" <a@b.co>', 'a@b.co'], ['<a@b.co>', 'a@b.co'], ['  a@b.co\t', 'a@b.co'],
    ['é@b.co', 'é@b.co'], ['a\u0301@b.co', 'á@b.co'], ['a@exämple.com', 'a@exämple.com'], ['a@XN--exmple-cua.com', 'a@exämple.com'], ['a@ＢＣ。co', 'a@bc.co'], ['a@Σας.gr', 'a@σας.gr'],
    ['a@l·l.cat', 'a@l·l.cat'], ['a@アー・b.jp', 'a@アー・b.jp'], ['a@אב.com', 'a@אב.com'], ['a@אב1.com', 'a@אב1.com'], ['a@ب١.com', 'a@ب١.com'], ['a@ب۱.com', 'a@ب۱.com'], ["a@א'".replace("'", '\u05f3') + '.com', 'a@א\u05f3.com'],
    ['a@1.ü.co', 'a@1.ü.co'], ['a@1.ü', 'a@1.ü'], ['a@ᾊ.com', 'a@ἂι.com'], ['a@Ꮚ.com', 'a@Ꮚ.com'], ['a@ϲ.com', 'a@σ.com'], ['a@ᲆ.com', 'a@ъ.com'], ['a@א\u05b0-א.com', 'a@א\u05b0-א.com'], ['a@b\ufe0fc.com', 'a@bc.com'], ['a@xn--9caa.com', 'a@éé.com'], ['a@xn--4dbrk0ce.co', 'a@ישראל.co'], ['a@\u{1d7ef}\u{20000}é中.com', 'a@3\u{20000}é中.com'], ['a@ࣉ.com', 'a@ࣉ.com'], ['"x\\"y" <a@b.co>', 'a@b.co']
  ] as const
  for (const [text, address] of cases) t.equal(wire(Email(), text), address, text)
})

t.test('what is wrong is said as python-email-validator says it', async t => {
  const cases = [
    ...['a\nb', 'a@b.co\n', 'a\r@b.co', 'Ann\n <a@b.co>'].map(text => [text, 'Carriage return and line feed characters are not allowed'] as const),
    ['', 'An email address must have an @-sign.'], ['a', 'An email address must have an @-sign.'], ['a＠b.co', 'The email address has the "full-width" at-sign (@) character instead of a regular at-sign.'],
    ['a﹫b.co', 'The email address has the "small commercial at" character instead of a regular at-sign.'], ['@b.co', 'There must be something before the @-sign.'], ['a@', 'There must be something after the @-sign.'],
    ['.a@b.co', 'An email address cannot start with a period.'], ['a.@b.co', 'An email address cannot have a period immediately before the @-sign.'], ['a..b@b.co', 'An email address cannot have two periods in a row.'],
    ['a b@b.co', 'The email address contains invalid characters before the @-sign: SPACE.'], ["(a)'\\\t@b.co", 'The email address contains invalid characters before the @-sign: "\\", \'(\', \')\', U+0009.'],
    ['a@b', 'The part after the @-sign is not valid. It should have a period.'], ['a@b.c1', 'The part after the @-sign is not valid. It is not within a valid top-level domain.'],
    ['a@x.test', 'The part after the @-sign is a special-use or reserved name that cannot be used with email.'],
    ['a@.b.co', 'An email address cannot have a period immediately after the @-sign.'], ['a@b.co.', 'An email address cannot end with a period.'],
    ['a@-b.co', 'An email address cannot have a hyphen immediately after the @-sign.'], ['a@b.co-', 'An email address cannot end with a hyphen.'], ['a@b-.co', 'An email address cannot have a period and a hyphen next to each other.'],
    ['a@ab--c.co', 'An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.'],
    ['a@b_c.co', "The part after the @-sign contains invalid characters: '_'."], ['a@b@c.co', "The part after the @-sign contains invalid characters: '@'."],
    ['a@b\u200bc.co', 'The email address contains unsafe characters: ZERO WIDTH SPACE.'], ['\u0301a@b.co', 'The email address contains unsafe characters: COMBINING ACUTE ACCENT.'], ['a\u{f0000}@b.co', 'The email address contains unsafe characters: U+000F0000.'],
    ['a@\u2488b.co', "The part after the @-sign contains invalid characters: '\u2488'."], ['a@\u00bdb.co', 'The part after the @-sign is invalid (Codepoint U+2044 at position 2 of \'1⁄2b\' not allowed).'],
    ['a@b\uff0fc.co', "The part after the @-sign contains invalid characters after Unicode normalization: '/'."],
    ['a@i♥.com', "The part after the @-sign is invalid (Codepoint U+2665 at position 2 of 'i♥' not allowed)."], ['a@b·c.com', "The part after the @-sign is invalid (Codepoint U+00B7 not allowed at position 2 in 'b·c')."],
    ['a@b\u0375.com', "The part after the @-sign is invalid (Codepoint U+0375 not allowed at position 2 in 'b\u0375')."], ['a@\u05f3א.com', "The part after the @-sign is invalid (Codepoint U+05F3 not allowed at position 1 in '\u05f3א')."],
    ['a@ب\u0660\u06f0.com', "The part after the @-sign is invalid (Codepoint U+0660 not allowed at position 2 in 'ب\u0660\u06f0')."], ['a@\u30fb.com', "The part after the @-sign is invalid (Codepoint U+30FB not allowed at position 1 in '\u30fb')."],
    ['a@b\u00adc.ü', 'The email address contains unsafe characters: SOFT HYPHEN.'], ['a@क्\u200dष.com', 'The email address contains unsafe characters: ZERO WIDTH JOINER.'],
    ['a@ü\u200d.com', 'The email address contains unsafe characters: ZERO WIDTH JOINER.'],
    ['a@א1b.com', 'The part after the @-sign is invalid (Invalid direction for codepoint at position 3 in a right-to-left label).'], ['a@bא.com', 'The part after the @-sign is invalid (Invalid direction for codepoint at position 2 in a left-to-right label).'],
    ['a@١٢.com', "The part after the @-sign is invalid (First codepoint in label '١٢' must be directionality L, R or AL)."], ['a@א٠1.com', 'The part after the @-sign is invalid (Can not mix numeral types in a right-to-left label).'],
    ['a@א1٠.com', 'The part after the @-sign is invalid (Can not mix numeral types in a right-to-left label).'], ['a@א·.com', "The part after the @-sign is invalid (Codepoint U+00B7 not allowed at position 2 in 'א·')."],
    ['a@אア・.com', 'The part after the @-sign is invalid (Invalid direction for codepoint at position 2 in a right-to-left label).'], ['a@1.אב.com', "The part after the @-sign is not valid IDNA (First codepoint in label '1' must be directionality L, R or AL)."],
    ['a<\u0338b@b.co', "The email address contains invalid characters before the @-sign: '<'."], ['""<a>', 'An email address must have an @-sign.'],
    ['a@xn--a.com', "The part after the @-sign is not valid IDNA (Codepoint U+0080 at position 1 of '\\x80' not allowed)."], ['a@xn--a-gcb.com', 'The part after the @-sign is not valid IDNA (Label must be in Normalization Form C).'],
    ['a@xn--ab---3ra.com', 'The part after the @-sign is not valid IDNA (Label has disallowed hyphens in 3rd and 4th position).'],
    ['a@xn----eha.com', 'The part after the @-sign is not valid IDNA (Label must not start or end with a hyphen).'],
    ['a@b.\u0301c.com', 'The part after the @-sign is invalid (Label begins with an illegal combining character).'],
    ['a@אˈ.com', 'The part after the @-sign is invalid (Label ends with illegal codepoint directionality).'],
    ['a@xn--11b2ezcw70k.com', "The part after the @-sign is not valid IDNA (Codepoint U+200D at position 3 of 'क्\\u200dष' not allowed)."],
    ['a@xn--ab-mw06t.com', "The part after the @-sign is not valid IDNA (Codepoint U+E0001 at position 2 of 'a\\U000e0001b' not allowed)."], [`a@xn--${'z'.repeat(50)}.com`, 'The part after the @-sign is not valid IDNA (Invalid A-label).'],
    ["a@b'c.co", 'The part after the @-sign contains invalid characters: "\'".'], ['a@b.-c.co', 'An email address cannot have a period and a hyphen next to each other.'],
    ['a\u037eb@b.co', "After Unicode normalization: The email address contains invalid characters before the @-sign: ';'."],
    ['a@xn--zz9999b.com', 'The part after the @-sign is not valid IDNA (Invalid A-label).'], ['a@xn---gbrim.org', 'The part after the @-sign is not valid IDNA (A-label is not the canonical Punycode encoding of its U-label).'],
    ['a@xn--zz.ü.com', 'The part after the @-sign is invalid (Invalid A-label).'], ['a@xn--zz.com', 'The part after the @-sign is not valid IDNA (Invalid A-label).'], [`a@${'ü'.repeat(60)}.com`, 'The part after the @-sign is invalid (Label too long).'],
    ['a@ü-.com', 'An email address cannot have a period and a hyphen next to each other.']
  ] as const
  for (const [text, error] of cases) t.equal(reason(Email(), text), error, encodeURI(text))
  t.match(wire(Email(), 'a'), 'value_error: value is not a valid email address: An email address must have an @-sign.')
  for (const input of [5, null, {}]) t.equal(wire(Email(), input), 'string_type: Input should be a valid string')
})

t.test('quotes, display names and addresses in brackets are understood, and refused', async t => {
  const cases = [
    ['"a b"@b.co', 'Quoting the part before the @-sign is not allowed here.'], ['"a@\\"b"@b.co', 'Quoting the part before the @-sign is not allowed here.'], ['"é "@b.co', 'Quoting the part before the @-sign is not allowed here.'],
    ['"a\tb"@b.co', 'The email address contains invalid characters in quotes before the @-sign: U+0009.'], ['"a"b@b.co', "Extra character(s) found after close quote: 'b'"], ['"a\u2028"@b.co', 'The email address contains unsafe characters: LINE SEPARATOR.'],
    ['"a', 'An email address must have an @-sign.'], ['"\u037e a"@b.co', 'Quoting the part before the @-sign is not allowed here.'],
    ['John Q. Doe <a@b.co>', "The display name contains invalid characters when not quoted: '.'."], ['a,b <a@b.co', "The display name contains invalid characters when not quoted: ','."], ['John <a@b.co', 'An open angle bracket at the start of the email address has to be followed by a close angle bracket at the end.'],
    ['John <a@b.co> x', "There can't be anything after the email address."], ['"J" x<a@b.co>', "Extra character(s) found after close quote: SPACE, 'x'"], ['"J\u2028"<a@b.co>x', 'The email address contains unsafe characters: LINE SEPARATOR.'],
    ['John <a>', 'An email address must have an @-sign.'], ['<a\nb@b.co>', 'Carriage return and line feed characters are not allowed'], ['""<a@b.co>', 'A display name and angle brackets around the email address are not permitted here.'],
    ['a@[1.2.3.4]', 'A bracketed IP address after the @-sign is not allowed here.'], ['a@[IPv6:::1]', 'A bracketed IP address after the @-sign is not allowed here.'],
    ['a@[x]', 'The part after the @-sign in brackets is not an IPv4 address and has no address literal tag.'], ['a@[x:y]', 'The part after the @-sign contains an invalid address literal tag in brackets.'], ['a@[x:\u0101]', "The part after the @-sign contains invalid characters in brackets: 'ā'."]
  ] as const
  for (const [text, error] of cases) t.equal(reason(Email(), text), error, encodeURI(text))
  const octets = [['1.2', "Expected 4 octets in '1.2'"], ['1..2.3', "Empty octet not permitted in '1..2.3'"], ['1.2.3.1000', "At most 3 characters permitted in '1000' in '1.2.3.1000'"],
    ['01.2.3.4', "Leading zeros are not permitted in '01' in '01.2.3.4'"], ['256.1.1.1', "Octet 256 (> 255) not permitted in '256.1.1.1'"]] as const
  for (const [literal, words] of octets) t.equal(reason(Email(), `a@[${literal}]`), `The address in brackets after the @-sign is not valid: It is not an IPv4 address (${words}) or is missing an address literal tag.`)
  const addresses = [['', 'Address cannot be empty'], ['x', "At least 3 parts expected in 'x'"], ['1:2:3', "Exactly 8 parts expected without '::' in '1:2:3'"], [':2:3:4:5:6:7:8', "Leading ':' only permitted as part of '::' in ':2:3:4:5:6:7:8'"],
    ['1:2:3:4:5:6:7:', "Trailing ':' only permitted as part of '::' in '1:2:3:4:5:6:7:'"], ['1::2::3', "At most one '::' permitted in '1::2::3'"], [':1::2', "Leading ':' only permitted as part of '::' in ':1::2'"],
    ['1::2:', "Trailing ':' only permitted as part of '::' in '1::2:'"], ['1:2:3:4::5:6:7:8', "Expected at most 7 other parts with '::' in '1:2:3:4::5:6:7:8'"], ['1:2:3:4:5:6:7:8:9:10', "At most 8 colons permitted in '1:2:3:4:5:6:7:8:9:10'"],
    ['::g', "Only hex digits permitted in 'g' in '::g'"], ['::12345', "At most 4 characters permitted in '12345' in '::12345'"], ['::1.2.3', "Expected 4 octets in '1.2.3' in '::1.2.3'"], ['::1.2.x.4', "Only decimal digits permitted in 'x' in '1.2.x.4' in '::1.2.x.4'"]] as const
  for (const [literal, words] of addresses) t.equal(reason(Email(), `a@[IPv6:${literal}]`), `The IPv6 address in brackets after the @-sign is not valid (${words}).`)
  for (const literal of ['::', '1:2:3:4:5:6:7:8', '::1.2.3.4']) t.equal(reason(Email(), `a@[IPv6:${literal}]`), 'A bracketed IP address after the @-sign is not allowed here.')
  t.equal(wire(Email(), '"J." <a@b.co>'), 'a@b.co')
})

t.test('lengths are measured as the RFCs say', async t => {
  const cases = [
    [`${x(2049)}`, 'Length must not exceed 2048 characters'], [`${x(250)}@b.co`, 'The email address is too long (1 character too many).'], [`${x(252)}@b.co`, 'The email address is too long (3 characters too many).'],
    [`${'é'.repeat(130)}@b.co`, 'The email address is too long (5-11 characters too many).'], [`a@${x(64)}.co`, 'After the @-sign, periods cannot be separated by so many characters (1 character too many).'],
    [`a@${`${x(60)}.`.repeat(5)}co`, 'The email address is too long after the @-sign (54 characters too many).'],
    [`${x(200)}@${'ü'.repeat(20)}.${'ü'.repeat(20)}.co`, 'The email address is too long (15-31 characters too many).'],
    [`${x(190)}@${'ü.'.repeat(12)}com`, 'The email address is too long when the part after the @-sign is converted to IDNA ASCII (36 bytes too many).']
  ] as const
  for (const [text, error] of cases) t.equal(reason(Email(), text), error, `${text.slice(0, 20)}… ${text.length}`)
  t.equal(reason(Email(), `a@${'ü.'.repeat(40)}com`), 'The email address is too long after the @-sign (70 bytes too many after IDNA encoding).')
  t.equal(reason(Email(), `${'\u0958'.repeat(60)}${x(60)}@b.co`), 'The email address is too long after normalization (171 bytes too many).')
})

t.test('bounds of the length are of the address as it is kept, and reported as pydantic reports them', async t => {
  t.same(inDocument(Email({ minLength: 8, maxLength: 16 })), { type: 'string', format: 'email', minLength: 8, maxLength: 16 })
  const app = bare(t)
  for (const plugin of [errors, validation]) await app.register(plugin)
  app.post('/', { schema: { body: Type.Object({ email: Email({ minLength: 8, maxLength: 16 }) }) } }, async ({ body }) => body)
  const post = async (email: unknown) => (await app.inject({ method: 'POST', url: '/', body: { email } })).json()
  const issue = (type: string, msg: string, input: string, ctx: object) => ({ detail: [{ type, loc: ['body', 'email'], msg, input, ctx: { field_type: 'Value', ...ctx } }] })
  t.same(await post('aaaaaaaaaa@example.com'), issue('too_long', 'Value should have at most 16 items after validation, not 22', 'aaaaaaaaaa@example.com', { max_length: 16, actual_length: 22 }))
  t.same(await post('a@b.co'), issue('too_short', 'Value should have at least 8 items after validation, not 6', 'a@b.co', { min_length: 8, actual_length: 6 }))
  t.same(await post('A very long name <äää@EXAMPLE.com>'), { email: 'äää@example.com' }, 'the name is not kept, and characters are counted')
  t.match(await post('nope'), { detail: [{ type: 'value_error' }] })
  t.same(await post(`${'a'.repeat(4)}@example.com`), { email: 'aaaa@example.com' })
  const { is } = codecOf(Email({ maxLength: 7 }))
  t.same([is('a@b.co'), is('aaa@b.co'), is(1)], [true, false, false])
})

t.test('a normalized address is read as itself', async () => {
  fc.assert(fc.property(fc.emailAddress(), text => {
    const address = wire(Email(), text)
    return typeof address === 'string' && (address.startsWith('value_error') || (wire(Email(), address) === address && codecOf(Email()).is(address)))
  }))
})
