import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { helpOn, isForHelp, parseArguments } from '../scripts/bench/arguments.ts'
import { type Finding, verdictOf } from '../scripts/bench/bar.ts'
import { coresOf, coresToUse } from '../scripts/bench/cores.ts'
import { estimateOf, fastestThird } from '../scripts/bench/estimate.ts'
import { turnsOf } from '../scripts/bench/turns.ts'
import { Answers, requestOf } from '../scripts/bench/wire.ts'

const near = (value: number, expected: number): boolean => Math.abs(value - expected) < 1e-4

t.test('a mean of ratios is geometric: swapped sides give the inverse', async t => {
  const ratios = [0.9, 1, 1.05, 0.97]
  const { mean, interval: [low, high], pairs } = estimateOf(ratios)
  const swapped = estimateOf(ratios.map(ratio => 1 / ratio))
  t.ok(near(mean, (0.9 * 1.05 * 0.97) ** (1 / 4)))
  t.ok(near(swapped.mean, 1 / mean))
  t.ok(near(swapped.interval[0], 1 / high))
  t.ok(near(swapped.interval[1], 1 / low))
  t.equal(pairs, 4)
})

t.test('the interval is that of Student’s t with one degree of freedom less than there are pairs', async t => {
  // Logarithms ±0.1 have a mean of 0, and of so many a known standard error.
  const half = (count: number): number => {
    const logs = Array.from({ length: count }, (_, index) => index % 2 === 0 ? 0.1 : -0.1)
    const { mean, interval: [low, high] } = estimateOf(logs.map(Math.exp))
    t.ok(near(Math.log(mean), 0))
    t.ok(near(Math.log(low), -Math.log(high)))
    return Math.log(high) / (0.1 / Math.sqrt(count - 1))
  }
  t.ok(near(half(2), 12.706))
  t.ok(near(half(6), 2.571))
  t.ok(near(half(10), 2.262))
  t.ok(Math.abs(half(42) - 2.020) < 0.003, 'beyond the table')
  t.ok(Math.abs(half(202) - 1.972) < 0.003, 'far beyond the table')

  t.same(estimateOf([0.5, 0.5, 0.5]), { mean: 0.5, interval: [0.5, 0.5], pairs: 3 }, 'no spread, no interval')
})

t.test('a side costs what its fastest third of slices costs, whatever the machine did in the others', async t => {
  t.equal(fastestThird([9, 1, 900, 3, 8, 2, 7, 70, 700]), 2)
  t.equal(fastestThird([4, 2, 100, 50]), 3, 'rounded up')
  t.equal(fastestThird([5]), 5)
})

t.test('slices take turns in the order ABBA', async t => {
  t.same(turnsOf(4, 0), [0, 1, 1, 0, 0, 1, 1, 0])
  t.same(turnsOf(3, 1), [1, 0, 0, 1, 1, 0])
  t.same(turnsOf(0, 0), [])
})

t.test('the command line has defaults', async t => {
  t.same(parseArguments([], ['T1', 'T2']), {
    bars: ['T1', 'T2'], settings: { seconds: 3, modes: ['socket', 'process'], control: false }, readme: false
  })
})

t.test('the command line names bars and how to measure them', async t => {
  t.same(parseArguments(['t9', '--pairs', '12', 'T1', '--mode', 'process', '--control', '--seconds', '0.5', '--readme'], ['T1', 'T2', 'T9']), {
    bars: ['T1', 'T9'], settings: { pairs: 12, seconds: 0.5, modes: ['process'], control: true }, readme: true
  })
  t.same(parseArguments(['--mode', 'socket'], ['T1']).settings.modes, ['socket'])
})

t.test('all mistakes in the command line are in one message', async t => {
  t.throws(() => parseArguments(['T0', 'T7', '--pairs', '4', '--seconds', '0', '--mode', 'wire'], ['T1', 'T2']), {
    message: [
      'Unknown bar "T0". Expected one of T1, T2',
      'Unknown bar "T7". Expected one of T1, T2',
      '--pairs must be an integer ≥ 5, got "4"',
      '--seconds must be a number > 0, got "0"',
      '--mode must be socket or process, got "wire"'
    ].join('\n')
  })
  for (const pairs of ['5.5', 'nine', '']) t.throws(() => parseArguments(['--pairs', pairs], []), { message: `--pairs must be an integer ≥ 5, got "${pairs}"` })
  for (const seconds of ['Infinity', 'x']) t.throws(() => parseArguments(['--seconds', seconds], []), { message: `--seconds must be a number > 0, got "${seconds}"` })
  t.throws(() => parseArguments(['--fast'], []), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' })
})

t.test('the list of cores that taskset prints is read', async t => {
  t.same(coresOf("pid 7347's current affinity list: 0,1\n"), [0, 1])
  t.same(coresOf("pid 7's current affinity list: 2-4,8,10-11\n"), [2, 3, 4, 8, 10, 11])
  t.same(coresOf("pid 7's current affinity list: 3"), [3])
  t.same(coresOf('no list'), [])
})

t.test('apps and load run on different cores, as far as there are any', async t => {
  const path = process.env.PATH
  t.teardown(() => { process.env.PATH = path })
  const taskset = (script: string): void => {
    const dir = t.testdir()
    writeFileSync(join(dir, 'taskset'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(dir, 'taskset'), 0o755)
    process.env.PATH = dir
  }
  taskset('echo "pid 1\'s current affinity list: 2,5-6"')
  t.same(coresToUse(), { apps: 2, load: 6 })
  taskset('echo "pid 1\'s current affinity list: 4"')
  t.same(coresToUse(), { apps: 4, load: 4 })
  taskset('echo "pid 1\'s current affinity list: 4"; exit 1')
  t.equal(coresToUse(), undefined, 'taskset fails')
  process.env.PATH = join(t.testdirName, 'nowhere')
  t.equal(coresToUse(), undefined, 'there is no taskset')
})

t.test('a request is written as a client writes it', async t => {
  t.equal(String(requestOf({ path: '/a?b=1', headers: { authorization: 'Bearer x' }, status: 200 })),
    'GET /a?b=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\nauthorization: Bearer x\r\n\r\n')
  t.equal(String(requestOf({ path: '/', method: 'POST', body: 'é', status: 200 })),
    'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\né')
})

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n'

t.test('an answer is complete when it has all that its head announces', async t => {
  for (const chunk of [(text: string) => text, (text: string) => Buffer.from(text)]) {
    const answers = new Answers(200)
    t.notOk(answers.take(chunk('HTTP/1.1 200 OK\r\nContent-')))
    t.notOk(answers.take(chunk('Length: 3\r\n\r\nh')))
    t.ok(answers.take(chunk('é')), 'the length is one of bytes')
    t.equal(answers.body, 'hé')

    t.ok(answers.take(chunk(`${OK}hé`)), 'the next one, at once')
    t.notOk(answers.take(chunk(OK)), 'and one in parts')
    t.ok(answers.take(chunk('hé')))
  }
})

t.test('an answer without a length ends with an empty chunk', async t => {
  const answers = new Answers(200)
  t.notOk(answers.take('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'))
  t.notOk(answers.take('2\r\nab\r\n'))
  t.ok(answers.take('0\r\n\r\n'))
})

t.test('an answer of another status, or longer than the first, is an error with its text', async t => {
  for (const chunk of [(text: string) => text, (text: string) => Buffer.from(text)]) {
    const answers = new Answers(200)
    t.throws(() => answers.take(chunk('HTTP/1.1 500 Oh\r\n\r\nwhy')), { message: 'expected status 200, got: HTTP/1.1 500 Oh\r\n\r\nwhy' })
    t.ok(answers.take(chunk(`${OK}abc`)))
    t.throws(() => answers.take(chunk(`${OK}abcd`)), { message: /^expected an answer as long as the first \(41\), got 42, ending in: HTTP[^]*abcd$/ })
  }
})

t.test('whether a goal is reached is uncertain when the goal lies within the interval', async t => {
  const estimated = (mean: number, low: number, high: number, goal: Finding['goal'] = { atMost: 1 }): Finding => ({ what: 'CPU', estimate: { mean, interval: [low, high], pairs: 9 }, goal })
  t.equal(verdictOf(estimated(0.9, 0.85, 0.95)), 'reached')
  t.equal(verdictOf(estimated(0.98, 0.95, 1.01)), 'reached, uncertain')
  t.equal(verdictOf(estimated(1.02, 0.99, 1.05)), 'falls short, uncertain')
  t.equal(verdictOf(estimated(1.1, 1.05, 1.15)), 'falls short')
  t.equal(verdictOf(estimated(1.1, 1.05, 1.15, { atLeast: 1 })), 'reached')
  t.equal(verdictOf(estimated(1.1, 1.05, 1.15, {})), '', 'no goal')
})

t.test('a race and a figure reach a goal or fall short of it', async t => {
  const raced = (median: number, agrees = true): Finding => ({ what: 'CPU', ratio: { median, quartiles: [0, 2], pairs: 7, agrees }, goal: { atLeast: 0.8 } })
  t.equal(verdictOf(raced(0.8)), 'reached')
  t.equal(verdictOf(raced(0.7)), 'falls short')
  t.equal(verdictOf(raced(0.9, false)), 'no verdict')
  t.equal(verdictOf({ what: 'time', figure: 9, goal: { atMost: 10 } }), 'reached')
  t.equal(verdictOf({ what: 'time', goal: { atMost: 10 } }), 'falls short', 'nothing was measured')
  t.equal(verdictOf({ what: 'time', figure: 9 }), '', 'no goal')
})

t.test('--help lists the bars', async t => {
  t.ok(isForHelp(['T1', '--help']))
  t.ok(isForHelp(['-h']))
  t.notOk(isForHelp(['T1', '--control']))
  t.match(helpOn([{ id: 'T1', title: 'A GET' }]), /^Usage: npm run bench.*\n {2}T1 {3}A GET\n/s)
})
