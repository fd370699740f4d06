export { default } from './items.ts'
