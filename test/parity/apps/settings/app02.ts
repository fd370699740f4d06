import { dependency, override } from '../../../../plugins/dependencies/index.ts'
import settings from '../../../../plugins/settings/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { env, infoOf, Settings } from './config.ts'

const getSettings = dependency((): Settings => { throw new Error('the app gives its own') })

export default dependentApp(async app => {
  await app.register(settings, { schema: Settings, env, envFile: null })

  app.get('/info', {
    config: { depends: { settings: getSettings } },
    schema: { summary: 'Info' }
  }, async ({ deps }) => infoOf(deps.settings))
}, { overrides: [override(getSettings, () => ({ appName: 'Awesome API', adminEmail: 'testing_admin@example.com', itemsPerUser: 50 }))] })
