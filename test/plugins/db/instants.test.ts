import t from 'tap'
import { sql } from 'kysely'
import { column, table } from '../../../plugins/db/index.ts'
import { ask, databaseWith, emptyDatabase, hasPostgres } from './databases.ts'

const instants = table('instants', { id: column.id(), at: column.dateTime() })
const tables = [instants] as const

/** As PostgreSQL reads them: of each length of the fraction, of years that `Date` takes for others, and of both sides of 1970. */
const WRITTEN = [
  '2026-01-02 03:04:05+00', '2026-01-02 03:04:05.6+00', '2026-01-02 03:04:05.67+00', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678901+00',
  '2026-01-02 03:04:05.000001+00', '2026-01-02 03:04:05.01+00', '2026-12-31 23:59:59.999999+00', '1969-12-31 23:59:59.999999+00', '1969-12-31 23:59:59.0001+00',
  '2024-02-29 00:00:00+00', '0100-01-01 00:00:00+00', '0099-12-31 23:59:59.5+00', '0044-03-15 12:00:00.25+00', '0001-01-01 00:00:00+00',
  '0001-12-31 23:59:59.75+00 BC', '0044-03-15 12:00:00.25+00 BC', '0100-03-01 01:02:03+00 BC', '9999-12-31 23:59:59.999+00', '10000-01-01 00:00:00+00', '12026-01-02 03:04:05.6+00'
]
/** Offsets of whole hours, of halves, of seconds, and one that is +00 in winter alone. */
const ZONES = ['UTC', 'Europe/London', 'Asia/Kolkata', 'America/New_York', 'Africa/Monrovia', 'Pacific/Chatham']

for (const zone of ZONES) {
  t.test(`an instant is the same in a session whose time zone is ${zone}, to the millisecond`, { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
    const url = `${await emptyDatabase(t, 'postgres')}%20-ctimezone%3D${encodeURIComponent(zone)}`
    const db = (await databaseWith(t, url, tables)).of(tables)
    const { rows: [set] } = await sql<{ zone: string }>`select current_setting('timezone') as zone`.execute(db)
    t.equal(set?.zone, zone)
    const seconds = new Map<string, number>()
    for (const written of WRITTEN) {
      await sql`insert into instants (at) values (${sql.lit(written)})`.execute(db)
      // PostgreSQL reckons by itself; what is below a millisecond is left out, as the clock has not come to the next.
      const [row] = await ask(`select floor(extract(epoch from timestamptz '${written}') * 1000)::text as at`, url)
      seconds.set(written, Number(row.at))
    }
    const rows = await db.selectFrom('instants').select('at').orderBy('id').execute()
    t.strictSame(rows.map(({ at }, index) => [WRITTEN[index], at.getTime()]), [...seconds])
  })
}

t.test('infinity is no date', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), tables)).of(tables)
  await sql`insert into instants (at) values ('infinity'), ('-infinity')`.execute(db)
  for (const order of ['asc', 'desc'] as const) {
    await t.rejects(async () => db.selectFrom('instants').select('at').orderBy('id', order).execute(), { code: 'APIKIT_ERR_STORED_VALUE', message: /The column "(?:apikit_\w+\.)?instants\.at" has -?infinity, which is no timestamp/ })
  }
  t.strictSame((await sql`select 'infinity'::timestamptz as at`.execute(db)).rows, [{ at: Infinity }], 'an expression: as pg has it')
})
