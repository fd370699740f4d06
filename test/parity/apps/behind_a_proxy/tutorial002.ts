import { parityApp } from '../app.ts'
import { rootPath, routes } from './root-path.ts'

export default parityApp(routes, { docs: { rootPath } })
