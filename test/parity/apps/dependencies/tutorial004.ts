// `Depends()` spares FastAPI's users to name the class twice; here it is named once anyway.
export { default } from './tutorial002.ts'
