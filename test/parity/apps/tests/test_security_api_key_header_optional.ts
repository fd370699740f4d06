import { apiKey } from '../../../../plugins/security/index.ts'
import { userApp } from '../security/scheme-app.ts'

export default userApp(apiKey({ in: 'header', name: 'key', optional: true }))
