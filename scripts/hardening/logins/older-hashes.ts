/**
 * Logins of accounts whose hashes are of older systems: what they cost does not tell that they exist.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { password } from '../../../plugins/security/index.ts'
import type { Row } from '../web/row.ts'

/** Processor time of answers may differ by this much. Time on the clock says as much on a machine that does nothing else. */
const MOST_DIFFERENCE = 0.1

/** Of "secret": each takes another time. */
const HASHES = {
  'Argon2id of pwdlib': '$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc',
  bcrypt: '$2b$04$.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6',
  scrypt: '$scrypt$ln=10,r=8,p=1$co6xdk7pXYsxhpDSujeGsA$CUXfFACdK0wq/p6V7HjFKaCyQ0/ICwbTGY4mTcugrAE'
} as const

export async function olderHashes ({ origin, server }: { readonly origin: string, readonly server: FastifyInstance }, tries: number): Promise<Row> {
  const hashes = Object.entries({ 'no older system': await password.hash('secret'), ...HASHES })
  const accounts = hashes.map(([, hashed], i) => ({ email: `older-${i}@example.com`, hashed_password: hashed }))
  await server.db.insertInto('accounts').values(accounts).execute()
  const addresses = [...accounts.map(({ email }) => email), 'nobody@example.com']
  const times = addresses.map((): number[] => [])
  for (let i = -2; i < tries; i++) {
    // Each of them as often first, and two rounds in which the costs are learnt.
    for (let j = 0; j < addresses.length; j++) {
      const at = (Math.abs(i) + j) % addresses.length
      const before = process.cpuUsage()
      const response = await fetch(`${origin}/account/token`, { method: 'POST', body: new URLSearchParams({ username: String(addresses[at]), password: `wrong-${i}` }) })
      await response.text()
      if (response.status !== 401) throw new Error(`a wrong login was answered ${response.status}`)
      const { user, system } = process.cpuUsage(before)
      if (i >= 0) times[at]?.push((user + system) / 1000)
    }
  }
  const quartiles = times.map(all => all.sort((a, b) => a - b)[all.length >> 2] ?? NaN)
  const [least, most] = [Math.min(...quartiles), Math.max(...quartiles)]
  const difference = most / least - 1
  const figure = [...hashes.map(([name]) => name), 'unknown user'].map((name, i) => `${name} ${quartiles[i]?.toFixed(1)}`).join(', ')
  return {
    promise: 'a wrong password takes as long whatever made the hash',
    figure: `lower quartiles of ${tries} tries each, in ms of processor time: ${figure}; they differ by ${(difference * 100).toFixed(1)} %`,
    wrong: difference > MOST_DIFFERENCE ? [`answers to wrong passwords differ by ${(difference * 100).toFixed(1)} % of processor time between the algorithms of hashes`] : []
  }
}
