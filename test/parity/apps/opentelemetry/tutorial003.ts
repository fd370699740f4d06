export { default } from './tutorial001.ts'
