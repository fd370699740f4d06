import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { main, type Suites } from '../scripts/hardening/command.ts'
import { type Findings, tableOf, verdict } from '../scripts/hardening/fleet/verdict.ts'
import { suite } from '../scripts/hardening/suite.ts'

/** Three suites: one holds, one fails, one breaks off. Each notes what it was given. */
function trial () {
  const calls: unknown[] = []
  const said = { log: [] as string[], error: [] as string[] }
  const suites: Suites = {
    holds: suite('Holds', { jobs: { about: 'How many jobs', default: 5 }, seed: { about: 'Repeats a run' }, engine: { about: 'Which', choices: ['sqlite', 'pg-boss'] }, file: { about: 'Where', text: 'PATH' } }, async ({ jobs, seed, engine, file }) => {
      calls.push({ jobs, seed, engine, ...file !== undefined && { file } })
      return []
    }),
    fails: suite('Fails', {}, async () => { calls.push('fails'); return ['one', 'two'] }),
    breaks: suite('Breaks off', {}, async () => {
      calls.push('breaks')
      throw calls.length === 1 ? 'a word' : new Error('no server')
    })
  }
  const run = (...args: string[]) => main(args, suites, { log: text => said.log.push(text), error: text => said.error.push(text) })
  return { calls, said, run }
}

t.test('without a name all suites run, one after the other, whatever becomes of the others', async t => {
  const { calls, said, run } = trial()
  t.equal(await run(), 1)
  t.same(calls, [{ jobs: 5, seed: undefined, engine: undefined }, 'fails', 'breaks'])
  const summary = String(said.log.at(-1))
  t.match(summary, /\| holds \| ok \| 0 \|\n\| fails \| 2 failed \| 0 \|\n\| breaks \| 1 failed \| 0 \|/)
  t.match(summary, /Failed:\n- fails: one\n- fails: two\n- breaks: stopped by Error: no server\n/)
  t.equal(said.log.filter(text => text.includes('## Summary')).length, 1)
})

t.test('several suites run in one call, each with the options behind its name', async t => {
  const { calls, said, run } = trial()
  t.equal(await run('holds', '--jobs', '7', '--file', 'a/b', 'holds', '--seed=1', '--engine', 'pg-boss'), 0)
  t.same(calls, [{ jobs: 7, seed: undefined, engine: undefined, file: 'a/b' }, { jobs: 5, seed: 1, engine: 'pg-boss' }])
  t.match(said.log.at(-1), /Everything holds\.$/)

  const other = trial()
  t.equal(await other.run('breaks'), 1)
  t.match(other.said.log.at(-1), '- breaks: stopped by a word')
})

t.test('a wrong command says what is wrong, and runs nothing', async t => {
  for (const [args, message] of [
    [['other'], 'Unknown suite "other". Suites: holds, fails, breaks.'],
    [['holds', 'other'], 'Unknown suite "other". Suites: holds, fails, breaks.'],
    [['toString'], 'Unknown suite "toString". Suites: holds, fails, breaks.'],
    [['--jobs', '5'], '--jobs: name the suite before its options.'],
    [['fails', '--jobs', '5'], 'fails: unknown option --jobs. Options: none.'],
    [['holds', '--job', '5'], 'holds: unknown option --job. Options: --jobs, --seed, --engine, --file.'],
    [['holds', '--jobs', 'many'], 'holds: --jobs must be a whole number ≥ 0, got "many".'],
    [['holds', '--jobs'], 'holds: --jobs must be a whole number ≥ 0, got no value.'],
    [['holds', '--engine', 'inline'], 'holds: --engine must be sqlite or pg-boss, got "inline".'],
    [['holds', '--file'], 'holds: --file must have a value: --file PATH.'],
    [['fails', 'holds', '--engine'], 'holds: --engine must be sqlite or pg-boss, got no value.']
  ] as const) {
    const { calls, said, run } = trial()
    t.equal(await run(...args), 2, args.join(' '))
    t.same(said, { log: [], error: [`${message}\nSee npm run hardening -- --help.`] })
    t.same(calls, [])
  }
})

t.test('a fault of the command itself is not taken for a wrong command', async t => {
  const broken = { ...suite('Broken', {}, async () => []), options: null as never }
  await t.rejects(main(['broken'], { broken }), TypeError)
})

t.test('--help lists the suites and their options', async t => {
  for (const flag of ['--help', '-h']) {
    const { calls, said, run } = trial()
    t.equal(await run('fails', flag), 0)
    t.same(calls, [])
    t.match(said.log.join(), /Exit code: 0 if everything holds, 1 if anything failed, 2 if the command is wrong\./)
    t.match(said.log.join(), [
      '  holds         Holds',
      '    --jobs N                  How many jobs (default: 5)',
      '    --seed N                  Repeats a run',
      '    --engine sqlite|pg-boss   Which',
      '    --file PATH               Where',
      '  fails         Fails'
    ].join('\n'))
  }
})

t.test('sockets: requests that are cut, slowed, pipelined or malformed leave nothing open', async t => {
  const args = ['sockets', '--requests', '300', '--aborts', '100', '--seed', '1']
  // Without coverage: a suite whose promises hold does not come to what it says of those that do not.
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'scripts', 'hardening', 'index.ts'), ...args], { env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' } })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  t.equal(code, 0, said)
})

/** What is found of a fleet in which all is well. */
function soundFleet () {
  const answer = (outcome: number | string, at: number, what = 'GET /writes') => ({ what, outcome, from: at, to: at + 1, body: {}, process: '1', requestId: '', idle: at === 60 ? undefined : 9 })
  const findings: Findings = {
    clients: 2,
    ledger: {
      answered: 9,
      slowest: 12,
      again: 1,
      writes: [1, 2],
      jobs: [3],
      refused: new Map([['1', 2], ['2', 1]]),
      accepted: [],
      sameIds: 0,
      ids: new Set(),
      processes: new Set(['1', '2', '3']),
      failures: [answer('ECONNRESET', 25), answer('ECONNREFUSED', 37), answer(503, 45)]
    },
    windows: [{ kind: 'roll', from: 10, to: 15 }, { kind: 'kill', from: 20, to: 29 }, { kind: 'worker', from: 30, to: 35 }, { kind: 'host', from: 36, to: 39 }, { kind: 'cut', from: 40, to: 50 }],
    // A write whose answer was lost, too, and a job that ran twice.
    writes: [1, 2, 4],
    orders: [3, 5],
    runs: [3, 3, 5],
    due: [7, 8],
    ticks: [{ minute: 7, late: 900, runs: 1 }, { minute: 8, late: 900, runs: 1 }],
    served: 100,
    orphaned: 0,
    ready: 2,
    heard: 2,
    servers: 2,
    exits: [0, 0]
  }
  return { findings, answer }
}

t.test('fleet: all that is promised holds of a fleet in which all is well', async t => {
  const rows = verdict(soundFleet().findings)
  t.same(rows.filter(({ holds }) => !holds), [])
  t.match(tableOf(rows), '| refresh tokens used twice | 3 refused by 2 processes, none taken | all refused | yes |')
})

t.test('fleet: each promise that is broken is found, and no other', async t => {
  const { findings, answer } = soundFleet()
  const { ledger } = findings
  const failing = (...failures: Array<ReturnType<typeof answer>>): Partial<Findings> => ({ ledger: { ...ledger, failures } })
  const broken: ReadonlyArray<readonly [Partial<Findings>, ...string[]]> = [
    [{ writes: [1] }, 'acknowledged writes lost'],
    [{ ledger: { ...ledger, writes: [] } }, 'acknowledged writes lost'],
    [{ writes: [1, 2, 2] }, 'writes stored twice'],
    [{ runs: [5] }, 'acknowledged jobs that never ran'],
    [{ ledger: { ...ledger, jobs: [] } }, 'acknowledged jobs that never ran'],
    [{ orders: [3] }, 'jobs that ran without their order'],
    [{ due: [7, 8, 9] }, 'minutes of the schedule'],
    [{ ticks: [{ minute: 7, late: 900, runs: 1 }, { minute: 8, late: 900, runs: 0 }] }, 'minutes of the schedule'],
    [{ ticks: [{ minute: 7, late: 900, runs: 2 }, { minute: 8, late: 900, runs: 1 }] }, 'minutes of the schedule'],
    [{ ticks: [{ minute: 6, late: 50_000, runs: 1 }, { minute: 7, late: 900, runs: 1 }, { minute: 8, late: 13_000, runs: 1 }] }, 'the latest of them'],
    [{ ticks: [{ minute: 7, late: 900, runs: 1 }, { minute: 7, late: 900, runs: 1 }, { minute: 8, late: 900, runs: 1 }] }, 'minutes of the schedule'],
    [{ ledger: { ...ledger, accepted: ['a token that was used'] } }, 'refresh tokens used twice'],
    [{ ledger: { ...ledger, refused: new Map() } }, 'refresh tokens used twice'],
    [failing(answer(503, 12)), 'failed: all replaced (SIGHUP)'],
    [failing(...Array.from({ length: 5 }, () => answer('ECONNRESET', 25))), 'failed: a process of a server killed'],
    [failing(answer(500, 25)), 'failed: a process of a server killed', '500 and other wrong answers, requests that hang'],
    [failing(answer(503, 37)), 'failed: all processes of a server killed'],
    [{ orphaned: 1 }, 'killed servers that left processes'],
    [failing(answer(503, 32)), 'failed: a job worker killed'],
    [failing(answer('ECONNRESET', 45)), 'failed: PostgreSQL cut off'],
    [failing(answer('hangs', 45)), 'failed: PostgreSQL cut off', '500 and other wrong answers, requests that hang'],
    [failing(answer(503, 60)), 'failed: between them'],
    [failing(answer(404, 60)), 'failed: between them', '500 and other wrong answers, requests that hang'],
    [{ served: 5001 }, 'served again after it'],
    [{ ledger: { ...ledger, processes: new Set(['1', '2']) } }, 'requests answered'],
    [{ ledger: { ...ledger, sameIds: 1 } }, 'request IDs given twice'],
    [{ ready: 1 }, 'ready afterwards'],
    [{ heard: 1 }, 'heard a broadcast afterwards'],
    [{ exits: [0, 'SIGKILL'] }, 'exit codes on SIGTERM']
  ]
  for (const [change, ...names] of broken) {
    const rows = verdict({ ...findings, ...change })
    t.same(rows.filter(({ holds }) => !holds).map(({ what }) => what), names)
  }
  t.match(tableOf(verdict({ ...findings, ...failing(answer(404, 60), answer(503, 60), answer(503, 61)) })), '| failed: between them | 1 × 404 (GET /writes), 2 × 503 (GET /writes: 404 after 1 ms, on a new connection; GET /writes: 503 after 1 ms, on a new connection; GET /writes: 503 after 1 ms, on one that was idle for 9 ms) | none | **no** |')
})
