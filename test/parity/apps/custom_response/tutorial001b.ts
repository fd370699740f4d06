// ORJSONResponse in FastAPI: JSON by another library.
export { default } from './tutorial001.ts'
