import { parityApp } from '../app.ts'
import { routes } from './user.ts'

export default parityApp(routes, { docs: { swaggerUi: { syntaxHighlight: false } } })
