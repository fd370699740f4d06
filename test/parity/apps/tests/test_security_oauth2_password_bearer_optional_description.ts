import { oauth2PasswordBearer } from '../../../../plugins/security/index.ts'
import { tokenApp } from '../security/scheme-app.ts'

export default tokenApp(oauth2PasswordBearer({ tokenUrl: '/token', description: 'OAuth2PasswordBearer security scheme', optional: true }))
