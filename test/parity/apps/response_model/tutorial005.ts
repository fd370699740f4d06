export { default } from './parts.ts'
