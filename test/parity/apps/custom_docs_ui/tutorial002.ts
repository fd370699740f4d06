import { parityApp } from '../app.ts'
import { routes } from '../configure_swagger_ui/user.ts'

export default parityApp(routes, {
  docs: {
    swaggerJsUrl: '/static/swagger-ui-bundle.js',
    swaggerCssUrl: '/static/swagger-ui.css',
    redocJsUrl: '/static/redoc.standalone.js'
  }
})
