import { listening } from '../listening.ts'
import { build as plain } from './reference.ts'

export const build = () => plain()

export default async (): Promise<number> => listening(await build())
