import pg from 'pg'
import type { Bar, Finding, Settings } from '../bar.ts'
import { databaseCompetitors } from '../competitors.ts'
import { server } from '../apps/database/data.ts'
import { find, insert, variant } from '../apps/database/load.ts'
import { race } from '../race.ts'

/** One after the other, so that each database has the machine for itself. */
async function races (settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [database, name] of [['sqlite', 'SQLite'], ['postgres', 'PostgreSQL']] as const) {
    process.env.BENCH_DATABASE = database
    for (const [load, what] of [[find, `GET a user, ${name}`], [insert, `POST a user, ${name}`]] as const) {
      findings.push(...await race({
        what,
        load,
        ours: { name: 'fastify-apikit', module: variant('apikit') },
        others: [
          { name: database === 'sqlite' ? 'node:sqlite in Fastify' : 'pg in Fastify', module: variant('raw'), goal: { atLeast: 0.75 } },
          { name: 'fastify-apikit, statements not prepared', module: variant('builder') },
          ...databaseCompetitors()
        ],
        // Each has its own moment in created_at.
        sameAnswers: false
      }, settings))
    }
  }
  await dropSchemas()
  return findings
}

/** The servers are killed, and leave their schemas. */
async function dropSchemas (): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  const { rows } = await client.query("select nspname from pg_namespace where nspname ~ '^bench_[0-9]+$'")
  for (const { nspname } of rows) await client.query(`drop schema ${nspname} cascade`)
  await client.end()
}

export const database: Bar = { id: 'T7', title: 'a user found, and a user made in a transaction, in SQLite and PostgreSQL', run: races }
