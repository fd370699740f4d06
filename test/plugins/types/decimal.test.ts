import { Decimal as DecimalJs } from 'decimal.js'
import fc from 'fast-check'
import t from 'tap'
import { encodeDecimal, storedDecimal } from '../../../plugins/types/decimal.ts'
import { Decimal } from '../../../plugins/types/index.ts'
import { codecOf, inDocument, read, reason, wire } from './codec-of.ts'

t.test('a decimal is a Decimal of decimal.js, and a string on the wire', async t => {
  const value = read(Decimal(), '0.1')
  t.ok(value.plus('0.2').eq('0.3'))
  t.equal(wire(Decimal(), value.plus('0.2')), '0.3')
  t.same(inDocument(Decimal({ title: 'Price' })), {
    title: 'Price',
    anyOf: [{ type: 'number' }, { type: 'string' }]
  })
})

t.test('it is written with the zeros with which it was read', async t => {
  const cases = [
    ['1.10', '1.10'], ['1e3', '1E+3'], ['-0.00', '-0.00'], ['.5', '0.5'], ['5.', '5'], ['007', '7'], ['+1_000', '1000'], [' 1.0\n', '1.0'], ['1e-7', '1E-7'],
    ['0.000001', '0.000001'], ['12.5e-9', '1.25E-8'], ['1.5e3', '1.5E+3'], ['100e-1', '10.0'], ['\u0663.\uff11', '3.1'], ['\u{1d7d8}.\u{1d7d9}\u{1d7e1}', '0.19'], ['1e22', '1E+22'], ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    [1, '1'], [1.5, '1.5'], [-0.25, '-0.25'], [1e300, '1E+300']
  ] as const
  for (const [input, written] of cases) t.equal(wire(Decimal(), input), written, String(input))
})

t.test('what a handler reckons is written plainly, or with an exponent where Python would', async t => {
  const cases = [['1000', '1000'], ['1e28', '1' + '0'.repeat(28)], ['1.5e29', '1.5E+29'], ['0.000001', '0.000001'], ['0.0000001', '1E-7'], ['NaN', 'NaN'], ['-Infinity', '-Infinity']] as const
  for (const [value, written] of cases) t.equal(encodeDecimal(new DecimalJs(value)), written)
})

t.test('what is no finite decimal is refused', async t => {
  for (const input of ['', 'x', '1e', '.', '0x10', '1,5', '1e9999999999999999999', '\u0663x']) t.equal(wire(Decimal(), input), 'decimal_parsing: Input should be a valid decimal', input)
  for (const input of ['nan', '-inf', 'Infinity', 'sNaN12', NaN, new DecimalJs(NaN)]) t.equal(wire(Decimal(), input), 'finite_number: Input should be a finite number')
  t.equal(wire(Decimal(), 9007199254740993n), '9007199254740993', 'an integer of any size')
  for (const input of [true, null, []]) t.equal(wire(Decimal(), input), 'decimal_type: Decimal input should be an integer, float, string or Decimal object')
})

t.test('digits are counted before and after the point', async t => {
  const both = Decimal({ maxDigits: 5, decimalPlaces: 2 })
  t.equal(wire(both, '123.45'), '123.45')
  t.equal(wire(both, '1.1000'), '1.1000', 'zeros at the end do not count')
  t.equal(wire(both, '1e2'), '1E+2')
  t.equal(wire(both, '1234.567'), 'decimal_max_digits: Decimal input should have no more than 5 digits in total')
  t.equal(wire(both, '1.234'), 'decimal_max_places: Decimal input should have no more than 2 decimal places')
  t.equal(wire(both, '1234.5'), 'decimal_whole_digits: Decimal input should have no more than 3 digits before the decimal point')
  t.equal(wire(both, new DecimalJs('1234.5')), 'decimal_whole_digits: Decimal input should have no more than 3 digits before the decimal point')
  t.equal(wire(Decimal({ maxDigits: 1 }), 12), 'decimal_max_digits: Decimal input should have no more than 1 digit in total')
  t.equal(wire(Decimal({ maxDigits: 3 }), '0.0001'), 'decimal_max_digits: Decimal input should have no more than 3 digits in total')
  t.equal(wire(Decimal({ decimalPlaces: 1 }), '0.25'), 'decimal_max_places: Decimal input should have no more than 1 decimal place')
  t.equal(wire(Decimal({ decimalPlaces: 1 }), '123456.5'), '123456.5')
})

t.test('bounds are compared exactly', async t => {
  const cases = [
    [{ exclusiveMinimum: 0 }, '0', 'greater_than: Input should be greater than 0'],
    [{ minimum: '0.10' }, '0.0999', 'greater_than_equal: Input should be greater than or equal to 0.10'],
    [{ exclusiveMaximum: 10 }, 10, 'less_than: Input should be less than 10'],
    [{ maximum: '1e3' }, '1000.00001', 'less_than_equal: Input should be less than or equal to 1E+3'],
    [{ minimum: Infinity }, '1e99', 'greater_than_equal: Input should be greater than or equal to Infinity'],
    [{ multipleOf: 0.25 }, '0.3', 'multiple_of: Input should be a multiple of 0.25']
  ] as const
  for (const [options, input, refusal] of cases) t.equal(wire(Decimal(options), input), refusal)
  t.match(codecOf(Decimal({ maximum: '1e3' })).parse('1e4'), { ctx: { le: 1000 } })
  const price = Decimal({ minimum: 0.5, exclusiveMinimum: 0, maximum: 10, exclusiveMaximum: 11, multipleOf: '0.25' })
  t.equal(wire(price, '0.75'), '0.75')
  t.throws(() => Decimal({ minimum: 'x' }))
})

t.test('options stand in its JSON Schema as pydantic writes them', async t => {
  t.same(inDocument(Decimal({ maxDigits: 5, decimalPlaces: 2 })), { anyOf: [{ type: 'number' }, { type: 'string' }] }, 'digits are not in it')
  t.match({ ...Decimal({ minimum: '0.5', exclusiveMaximum: 10, multipleOf: 0.25 }) }, { anyOf: [{ type: 'number', minimum: 0.5, exclusiveMaximum: 10, multipleOf: 0.25 }, {}] })
})

t.test('an exponent of millions takes no time to refuse', async t => {
  t.equal(reason(Decimal({ multipleOf: 3, maximum: 5 }), '1e9000000'), 'less_than_equal')
})

t.test('what is written is read as the same number', async () => {
  const text = fc.tuple(fc.bigInt(), fc.integer({ min: -40, max: 40 })).map(([coefficient, exponent]) => `${coefficient}E${exponent}`)
  fc.assert(fc.property(text, text => {
    const written = wire(Decimal(), text)
    return read(Decimal(), written).eq(text) && wire(Decimal(), written) === written
  }))
})

t.test('what a database has written is the decimal that the codec reads', async t => {
  const { parse } = codecOf(Decimal())
  const read = storedDecimal(parse)
  const isSame = (text: string): boolean => {
    const [value, other] = [read(text), parse(text)] as [DecimalJs, DecimalJs]
    return value.eq(other) && Object.is(value.toNumber(), other.toNumber()) && encodeDecimal(value) === encodeDecimal(other)
  }
  const cases = [
    '0', '-0', '0.0', '-0.0', '0.00', '1', '10', '100', '-100', '1.10', '-1.10', '1.0', '0.5', '-0.5', '0.000001', '0.0000001', '0.00000', '0.000000', '0.0000000', '-0.0000001', '-0.000000',
    '1234567890123456789012345678', '12345678901234567890123456789', '1000000000000000000000000000000', '123456789012345678901234.100', '0.1000000000000000000000000', '1e3', '1E-7', '007', '1.', '.5'
  ]
  for (const text of cases) t.ok(isSame(text), text)
  t.equal(encodeDecimal(read('1.10') as DecimalJs), '1.10')
  t.ok(Object.is((read('-0.00') as DecimalJs).toNumber(), -0))
  const digits = (maxLength: number) => fc.array(fc.integer({ min: 0, max: 9 }), { maxLength }).map(all => all.join(''))
  fc.assert(fc.property(fc.boolean(), digits(32), digits(32), (isNegative, whole, fraction) => {
    const text = `${isNegative ? '-' : ''}${whole.replace(/^0+(?=.)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`
    return isSame(text)
  }))
})

t.test('NaN and infinity of a database are what the codec makes of them', async t => {
  const { parse } = codecOf(Decimal())
  for (const text of ['NaN', 'Infinity', '-Infinity']) t.same(storedDecimal(parse)(text), parse(text))
})
