import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROW_OF_RULE, ROWS } from './departure-rows.ts'
import * as recordedRules from './departures.ts'
import { DEVIATIONS } from './deviations.ts'
import * as randomRules from './random/rule-names.ts'
import { root } from './scenarios.ts'

const [, section = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('### Where it departs from FastAPI')
const cells = (section.split('\n## ')[0] as string).split('\n').filter(line => line.startsWith('| ')).map(line => line.slice(2))

t.test('each rule by which an answer may differ from FastAPI is a row of the table in the README', async t => {
  const rules: string[] = [...Object.values(recordedRules), ...Object.values(randomRules)].filter(value => typeof value === 'string')
  t.strictSame(rules.filter(rule => !(rule in ROW_OF_RULE)), [], 'each rule is there')
  t.strictSame(Object.keys(ROW_OF_RULE).filter(rule => !rules.includes(rule)), [], 'and no other')
  for (const row of Object.values(ROWS)) t.equal(cells.filter(cell => cell.startsWith(row)).length, 1, row)
  t.strictSame(Object.keys(ROW_OF_RULE).filter(rule => ROW_OF_RULE[rule] === null), [recordedRules.TRIMMED_HEADERS, recordedRules.APP_FAILS], 'only what the recordings lack has none')
})

t.test('each recorded value that is read in another way has a row as well', async t => {
  for (const { type, input, row, reason } of DEVIATIONS) t.ok(row in ROWS && reason.length > 20, `${type} ${input}`)
  const used = new Set([...Object.values(ROW_OF_RULE), ...DEVIATIONS.map(({ row }) => row)])
  t.strictSame(Object.keys(ROWS).filter(row => !used.has(row as never)), [], 'no row is named in vain')
})
