import { createHash, timingSafeEqual } from 'node:crypto'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { Unauthorized } from '../../../../plugins/errors/index.ts'
import { httpBasic } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))

const currentUsername = dependency({ needs: { credentials: httpBasic() } }, ({ credentials: { username, password } }) => {
  const [isUser, isPassword] = [isSame(username, 'stanleyjobson'), isSame(password, 'swordfish')]
  if (!(isUser && isPassword)) throw new Unauthorized('Incorrect username or password', { 'www-authenticate': 'Basic' })
  return username
})

export default dependentApp(async app => {
  app.get('/users/me', {
    config: { depends: { username: currentUsername } },
    schema: { summary: 'Read Current User' }
  }, async ({ deps: { username } }) => ({ username }))
})
