import { parityApp } from '../app.ts'
import { rootPath, routes, servers } from './root-path.ts'

export default parityApp(routes, { docs: { rootPath, servers } })
