import type { Migration } from '../../plugins/db/index.ts'

/**
 * Addresses in lower case. Of several that differ in their case alone, the account that has it so, or else the first, keeps
 * it; the others cannot log in any more.
 */
export const up: Migration['up'] = async ({ db }) => {
  const rows = await db.selectFrom('accounts').select(['id', 'email']).orderBy('id').execute() as Array<{ id: number, email: string }>
  const taken = new Set(rows.map(({ email }) => email).filter(email => email === email.toLowerCase()))
  for (const { id, email } of rows) {
    const address = email.toLowerCase()
    if (email === address) continue
    const isFirst = !taken.has(address)
    taken.add(address)
    await db.updateTable('accounts').set(isFirst ? { email: address } : { is_active: false }).where('id', '=', id).execute()
  }
}

/** What was typed is not known any more, and not needed. */
export const down: Migration['down'] = async () => {}
