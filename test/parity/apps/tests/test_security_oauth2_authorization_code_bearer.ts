import { oauth2AuthorizationCodeBearer } from '../../../../plugins/security/index.ts'
import { tokenApp } from '../security/scheme-app.ts'

export default tokenApp(oauth2AuthorizationCodeBearer({ authorizationUrl: 'authorize', tokenUrl: 'token' }))
