export { default } from './test_response_model_data_filter.ts'
