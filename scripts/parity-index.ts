/**
 * Writes `test/parity/apps/README.md`: which app answers for which page of FastAPI's documentation.
 *
 * @module
 */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Pages of FastAPI's documentation by the folder of their examples, in the order of its menu. */
const PAGES: Readonly<Record<string, readonly [path: string, title: string]>> = {
  first_steps: ['tutorial/first-steps', 'First Steps'],
  path_params: ['tutorial/path-params', 'Path Parameters'],
  query_params: ['tutorial/query-params', 'Query Parameters'],
  body: ['tutorial/body', 'Request Body'],
  query_params_str_validations: ['tutorial/query-params-str-validations', 'Query Parameters and String Validations'],
  path_params_numeric_validations: ['tutorial/path-params-numeric-validations', 'Path Parameters and Numeric Validations'],
  query_param_models: ['tutorial/query-param-models', 'Query Parameter Models'],
  body_multiple_params: ['tutorial/body-multiple-params', 'Body - Multiple Parameters'],
  body_fields: ['tutorial/body-fields', 'Body - Fields'],
  body_nested_models: ['tutorial/body-nested-models', 'Body - Nested Models'],
  schema_extra_example: ['tutorial/schema-extra-example', 'Declare Request Example Data'],
  extra_data_types: ['tutorial/extra-data-types', 'Extra Data Types'],
  cookie_params: ['tutorial/cookie-params', 'Cookie Parameters'],
  header_params: ['tutorial/header-params', 'Header Parameters'],
  cookie_param_models: ['tutorial/cookie-param-models', 'Cookie Parameter Models'],
  header_param_models: ['tutorial/header-param-models', 'Header Parameter Models'],
  response_model: ['tutorial/response-model', 'Response Model'],
  extra_models: ['tutorial/extra-models', 'Extra Models'],
  response_status_code: ['tutorial/response-status-code', 'Response Status Code'],
  request_forms: ['tutorial/request-forms', 'Form Data'],
  request_form_models: ['tutorial/request-form-models', 'Form Models'],
  request_files: ['tutorial/request-files', 'Request Files'],
  request_forms_and_files: ['tutorial/request-forms-and-files', 'Request Forms and Files'],
  handling_errors: ['tutorial/handling-errors', 'Handling Errors'],
  path_operation_configuration: ['tutorial/path-operation-configuration', 'Path Operation Configuration'],
  encoder: ['tutorial/encoder', 'JSON Compatible Encoder'],
  body_updates: ['tutorial/body-updates', 'Body - Updates'],
  dependencies: ['tutorial/dependencies', 'Dependencies'],
  security: ['tutorial/security', 'Security'],
  middleware: ['tutorial/middleware', 'Middleware'],
  cors: ['tutorial/cors', 'CORS'],
  sql_databases: ['tutorial/sql-databases', 'SQL (Relational) Databases'],
  bigger_applications: ['tutorial/bigger-applications', 'Bigger Applications - Multiple Files'],
  stream_json_lines: ['tutorial/stream-json-lines', 'Stream JSON Lines'],
  server_sent_events: ['tutorial/server-sent-events', 'Server-Sent Events (SSE)'],
  background_tasks: ['tutorial/background-tasks', 'Background Tasks'],
  metadata: ['tutorial/metadata', 'Metadata and Docs URLs'],
  static_files: ['tutorial/static-files', 'Static Files'],
  app_testing: ['tutorial/testing', 'Testing'],
  debugging: ['tutorial/debugging', 'Debugging'],
  stream_data: ['advanced/stream-data', 'Stream Data'],
  path_operation_advanced_configuration: ['advanced/path-operation-advanced-configuration', 'Path Operation Advanced Configuration'],
  additional_status_codes: ['advanced/additional-status-codes', 'Additional Status Codes'],
  response_directly: ['advanced/response-directly', 'Return a Response Directly'],
  custom_response: ['advanced/custom-response', 'Custom Response - HTML, Stream, File, others'],
  additional_responses: ['advanced/additional-responses', 'Additional Responses in OpenAPI'],
  response_cookies: ['advanced/response-cookies', 'Response Cookies'],
  response_headers: ['advanced/response-headers', 'Response Headers'],
  response_change_status_code: ['advanced/response-change-status-code', 'Response - Change Status Code'],
  using_request_directly: ['advanced/using-request-directly', 'Using the Request Directly'],
  dataclasses_: ['advanced/dataclasses', 'Using Dataclasses'],
  advanced_middleware: ['advanced/middleware', 'Advanced Middleware'],
  sub_applications: ['advanced/sub-applications', 'Sub Applications - Mounts'],
  behind_a_proxy: ['advanced/behind-a-proxy', 'Behind a Proxy'],
  templates: ['advanced/templates', 'Templates'],
  events: ['advanced/events', 'Lifespan Events'],
  dependency_testing: ['advanced/testing-dependencies', 'Testing Dependencies with Overrides'],
  async_tests: ['advanced/async-tests', 'Async Tests'],
  settings: ['advanced/settings', 'Settings and Environment Variables'],
  openapi_callbacks: ['advanced/openapi-callbacks', 'OpenAPI Callbacks'],
  openapi_webhooks: ['advanced/openapi-webhooks', 'OpenAPI Webhooks'],
  wsgi: ['advanced/wsgi', 'Including WSGI'],
  generate_clients: ['advanced/generate-clients', 'Generating SDKs'],
  json_base64_bytes: ['advanced/json-base64-bytes', 'JSON with Bytes as Base64'],
  strict_content_type: ['advanced/strict-content-type', 'Strict Content-Type Checking'],
  opentelemetry: ['advanced/opentelemetry', 'OpenTelemetry'],
  extending_openapi: ['how-to/extending-openapi', 'Extending OpenAPI'],
  conditional_openapi: ['how-to/conditional-openapi', 'Conditional OpenAPI'],
  separate_openapi_schemas: ['how-to/separate-openapi-schemas', 'Separate OpenAPI Schemas for Input and Output'],
  custom_request_and_route: ['how-to/custom-request-and-route', 'Custom Request and APIRoute class'],
  custom_docs_ui: ['how-to/custom-docs-ui-assets', 'Custom Docs UI Static Assets'],
  configure_swagger_ui: ['how-to/configure-swagger-ui', 'Configure Swagger UI'],
  authentication_error_status_code: ['how-to/authentication-error-status-code', 'Use Old 403 Authentication Error Status Codes']
}

/** Folders whose apps follow no page of the documentation. */
const OTHERS: Readonly<Record<string, string>> = {
  seed: 'Sections of the tour that differ from those in [`routes/`](../../../routes/README.md)',
  tests: "Apps of FastAPI's own tests",
  new: 'Small apps for what FastAPI 0.165 has added or changed'
}

const FOLDER = join('test', 'parity', 'apps')

/**
 * Returns the text of the index, or `undefined` if the repository has no such apps.
 *
 * @throws an Error that names a folder without a page
 */
export function parityIndex (root: string): { readonly file: string, readonly text: string } | undefined {
  const dir = join(root, FOLDER)
  if (!existsSync(dir)) return undefined
  const folders = Map.groupBy(appsIn(dir), folderOf)
  const known = [...Object.keys(PAGES), ...Object.keys(OTHERS)]
  const unknown = [...folders.keys()].find(folder => !known.includes(folder))
  if (unknown !== undefined) throw new Error(`${FOLDER}/${unknown} has no page. Add one to PAGES in scripts/parity-index.ts`)
  const rows = (pages: Readonly<Record<string, unknown>>, titleOf: (folder: string) => string): string[] =>
    Object.keys(pages).filter(folder => folders.has(folder)).map(folder => `| ${titleOf(folder)} | ${folders.get(folder)?.map(linked).join(' ')} |`)
  return {
    file: join(dir, 'README.md'),
    text: [
      '# FastAPI page → app here',
      '',
      "The apps of FastAPI's documentation, written with this project. [`npm run parity`](../README.md) compares their answers with recorded ones.",
      'The names of the files are those of the examples: `tutorial001.ts` stands for `tutorial001_py310.py` and its other spellings.',
      '`npm run docs` writes this page.',
      '',
      '| FastAPI page | apps |',
      '| --- | --- |',
      ...rows(PAGES, folder => `[${PAGES[folder]?.[1]}](https://fastapi.tiangolo.com/${PAGES[folder]?.[0]}/)`),
      '',
      '| other apps | |',
      '| --- | --- |',
      ...rows(OTHERS, folder => String(OTHERS[folder])),
      ''
    ].join('\n')
  }
}

/** The modules that export an app, without those that are parts of one: others of their folder import them. */
function appsIn (dir: string): string[] {
  const texts = globSync('*/**/*.ts', { cwd: dir }).sort().map(file => [file.replaceAll('\\', '/'), readFileSync(join(dir, file), 'utf8')] as const)
  const isPart = (file: string): boolean => !/^(tutorial|test_)/.test(basename(file)) &&
    texts.some(([other, text]) => other !== file && folderOf(other) === folderOf(file) && text.includes(`/${basename(file)}'`))
  return texts.filter(([file, text]) => /^export (default|\{ default \})/m.test(text) && !isPart(file)).map(([file]) => file)
}

function folderOf (file: string): string {
  return file.slice(0, file.indexOf('/'))
}

function linked (file: string): string {
  return `[${file.slice(folderOf(file).length + 1, -'.ts'.length)}](${file})`
}
