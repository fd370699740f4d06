import { type Static, Type } from '@fastify/type-provider-typebox'

export const Settings = Type.Object({
  appName: Type.String({ default: 'Awesome API' }),
  adminEmail: Type.String(),
  itemsPerUser: Type.Integer({ default: 50 })
})
export type Settings = Static<typeof Settings>

/** What the recording test had in its environment. */
export const env = { ADMIN_EMAIL: 'admin@example.com' }

export function infoOf ({ appName, adminEmail, itemsPerUser }: Settings) {
  return { app_name: appName, admin_email: adminEmail, items_per_user: itemsPerUser }
}
