import { parityApp } from '../app.ts'
import { routes } from '../configure_swagger_ui/user.ts'

export default parityApp(routes, {
  docs: {
    swaggerJsUrl: 'https://unpkg.com/swagger-ui-dist@5/swagger-ui-bundle.js',
    swaggerCssUrl: 'https://unpkg.com/swagger-ui-dist@5/swagger-ui.css',
    redocJsUrl: 'https://unpkg.com/redoc@2/bundles/redoc.standalone.js'
  }
})
