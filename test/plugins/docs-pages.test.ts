import { createRequire, registerHooks } from 'node:module'
import t, { type Test } from 'tap'
import docs, { type DocsOptions } from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import { bare, build } from '../helper.ts'

async function serve (t: Test, options: DocsOptions = {}, prefix = '') {
  const app = bare(t)
  await app.register(errors)
  await app.register(async child => { await child.register(docs, options) }, { prefix })
  return app
}

/** What a page asks for besides itself. */
function linksIn (html: string): string[] {
  return [...html.matchAll(/(?:src|href|spec-url)="([^"]*)"/g)].map(([, link]) => String(link)).filter(link => !link.startsWith('data:'))
}

/** The data that the script of Swagger UI's page reads. */
function dataIn (html: string): Record<string, string> {
  const unescape = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return Object.fromEntries([...html.matchAll(/ data-([a-z0-9-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescape(String(value))]))
}

t.test('the pages are HTML with no script or style in it, and everything they ask for is here', async t => {
  const app = await serve(t, { title: '<My> "API"' })
  const pages: Array<[url: string, title: string]> = [
    ['/docs', '&lt;My&gt; &quot;API&quot; - Swagger UI'], ['/redoc', '&lt;My&gt; &quot;API&quot; - ReDoc'], ['/docs/oauth2-redirect', 'Swagger UI: OAuth2 Redirect']
  ]
  for (const [url, title] of pages) {
    const { statusCode, headers, body } = await app.inject(url)
    t.match({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: 'text/html; charset=utf-8' })
    t.match(body, `<title>${title}</title>`)
    t.notMatch(body, /<style|style=|<script(?! src="[^"]*"><\/script>)| on\w+=/)

    for (const link of linksIn(body)) {
      const { statusCode, headers, rawPayload } = await app.inject(link)
      t.equal(statusCode, 200, link)
      t.match(headers['content-type'], link.endsWith('.css') ? 'text/css' : link.endsWith('.js') ? 'text/javascript' : link.endsWith('.png') ? 'image/png' : 'application/json')
      t.ok(rawPayload.length > 0)
    }
  }
})

t.test('they answer GET and HEAD, and nothing else; they are not in the document', async t => {
  const app = await serve(t)
  for (const url of ['/openapi.json', '/docs', '/redoc', '/docs/oauth2-redirect', '/docs/start.js']) {
    const get = await app.inject(url)
    const head = await app.inject({ method: 'HEAD', url })
    t.match({ ...head, body: head.body }, { statusCode: 200, body: '', headers: { 'content-type': get.headers['content-type'], 'content-length': get.headers['content-length'] } })
    t.match((await app.inject({ method: 'POST', url })).statusCode, 405)
  }
  t.same((await app.inject('/openapi.json')).json().paths, {})
})

t.test('a file, and the document, is sent once to who keeps it', async t => {
  const app = await serve(t)
  for (const url of ['/docs/swagger-ui.css', '/openapi.json']) {
    const { headers: { etag, 'cache-control': cache } } = await app.inject(url)
    t.equal(cache, 'no-cache', 'it is asked for anew each time')
    const known = [`${etag}`, `W/${etag}`, `"other", ${etag}`, '*']
    for (const tag of known) {
      const { statusCode, body, headers } = await app.inject({ url, headers: { 'if-none-match': tag } })
      t.match({ statusCode, body, tag: headers.etag }, { statusCode: 304, body: '', tag: etag }, tag)
    }
    t.equal((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200)
  }
})

t.test('titles, icon and scripts of the pages can be others', async t => {
  const app = await serve(t, {
    docsTitle: 'Try it', redocTitle: 'Read it', faviconUrl: '/icon.svg', swaggerJsUrl: 'https://cdn.test/ui.js', swaggerCssUrl: '/ui.css', redocJsUrl: '/redoc.js'
  })
  const [{ body: docs }, { body: redoc }] = await Promise.all([app.inject('/docs'), app.inject('/redoc')])
  t.match(docs, '<title>Try it</title>')
  t.match(redoc, '<title>Read it</title>')
  t.same(linksIn(docs), ['/icon.svg', '/ui.css', 'https://cdn.test/ui.js', '/docs/start.js'])
  t.same(linksIn(redoc), ['/icon.svg', '/redoc/page.css', '/openapi.json', '/redoc.js'])
  for (const ours of ['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/favicon-32x32.png', '/redoc/redoc.standalone.js']) {
    t.equal((await app.inject(ours)).statusCode, 404, ours)
  }
  const without = await serve(t, { faviconUrl: null })
  for (const url of ['/docs', '/redoc']) t.match((await without.inject(url)).body, '<link rel="icon" href="data:,">')
})

t.test('each URL can be another, or null', async t => {
  const cases: Array<[options: DocsOptions, served: string[]]> = [
    [{}, ['/docs', '/redoc', '/openapi.json', '/docs/oauth2-redirect']],
    [{ openapiUrl: '/api/v1/openapi.json', docsUrl: '/documentation', redocUrl: null }, ['/api/v1/openapi.json', '/documentation', '/docs/oauth2-redirect']],
    [{ oauth2RedirectUrl: null, docsUrl: '/', redocUrl: '/docs' }, ['/', '/docs', '/openapi.json']],
    [{ docsUrl: null }, ['/redoc', '/openapi.json']],
    [{ openapiUrl: null }, []],
    [{ openapiUrl: '' }, []],
    [{ docsUrl: '', redocUrl: '', oauth2RedirectUrl: '' }, ['/openapi.json']]
  ]
  const all = [...new Set(cases.flatMap(([, served]) => served))]
  for (const [options, served] of cases) {
    const app = await serve(t, options)
    const found = await Promise.all(all.map(async url => (await app.inject(url)).statusCode === 200 ? [url] : []))
    t.same(found.flat().sort(), served.sort())
  }
  const app = await serve(t, { docsUrl: '/' })
  for (const link of linksIn((await app.inject('/')).body)) t.equal((await app.inject(link)).statusCode, 200, link)
})

t.test('the addresses in them are those that the browser sees: below a prefix, behind a proxy', async t => {
  const app = await serve(t, { rootPath: '/api', docsUrl: '/docs/' }, '/v1')
  const html = (await app.inject('/v1/docs/')).body
  t.same(linksIn(html), ['favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js', 'start.js'].map(file => `/api/v1/docs/${file}`))
  t.match(dataIn(html), { 'oauth2-redirect': '/api/v1/docs/oauth2-redirect' })
  t.match(JSON.parse(String(dataIn(html).parameters)), { url: '/api/v1/openapi.json' })
  t.same(linksIn((await app.inject('/v1/redoc')).body), ['/api/v1/redoc/page.css', '/api/v1/openapi.json', '/api/v1/redoc/redoc.standalone.js'])
  t.ok((await app.inject('/v1/redoc/redoc.standalone.js')).body.includes('new Worker("/api/v1/redoc/search-worker.js"'))
})

t.test('Swagger UI is started with FastAPI’s parameters, and those of the options', async t => {
  /** Runs the script as the page would. */
  const started = async (options: DocsOptions) => {
    const app = await serve(t, options)
    const [data, script] = [dataIn((await app.inject('/docs')).body), (await app.inject('/docs/start.js')).body]
    const calls: unknown[] = []
    const ui = { initOAuth: (value: unknown) => { calls.push(value) } }
    const SwaggerUIBundle = Object.assign((parameters: unknown) => { calls.push(parameters); return ui }, { presets: { apis: 'apis' }, SwaggerUIStandalonePreset: 'standalone' })
    const dataset = Object.fromEntries(Object.entries(data).map(([name, value]) => [name.replaceAll(/-(\w)/g, (_dash, letter) => letter.toUpperCase()), value]))
    // eslint-disable-next-line no-new-func
    new Function('SwaggerUIBundle', 'document', 'window', script)(SwaggerUIBundle, { getElementById: () => ({ dataset }) }, { location: { origin: 'http://x' } })
    return calls
  }
  const parameters = { url: '/openapi.json', dom_id: '#swagger-ui', layout: 'BaseLayout', deepLinking: true, showExtensions: true, showCommonExtensions: true, validatorUrl: null }
  t.same(await started({}), [{ ...parameters, oauth2RedirectUrl: 'http://x/docs/oauth2-redirect', presets: ['apis', 'standalone'] }])
  t.same(await started({ oauth2RedirectUrl: null, swaggerUi: { deepLinking: false, 'a"<b': '\'&' }, initOAuth: { clientId: 'me' } }), [
    { ...parameters, deepLinking: false, 'a"<b': '\'&', presets: ['apis', 'standalone'] }, { clientId: 'me' }
  ])
})

t.test('the settings of an app, which hide their secrets from JSON, reach Swagger UI', async t => {
  const app = await build(t, { settings: { docs: { swaggerUi: { deepLinking: false } }, underPressure: { maxEventLoopDelay: 0 } } })
  t.match(JSON.parse(String(dataIn((await app.inject('/docs')).body).parameters)), { url: '/openapi.json', deepLinking: false, layout: 'BaseLayout' })
})

t.test('ReDoc asks no other server, and searches in a worker of its own', async t => {
  const app = await serve(t)
  const [{ body: bundle }, { body: worker }] = await Promise.all([app.inject('/redoc/redoc.standalone.js'), app.inject('/redoc/search-worker.js')])
  t.notOk(bundle.includes('cdn.redoc.ly'))
  t.notOk(bundle.includes('new Worker(URL.createObjectURL'))
  t.ok(bundle.includes('new Worker("/redoc/search-worker.js"'))
  t.ok(worker.includes('onmessage') || worker.includes('"message"'))
  // eslint-disable-next-line no-new-func
  t.doesNotThrow(() => new Function(worker), 'the worker is a script')
})

t.test('what is not installed is named, with what to do, and only if it is needed', async t => {
  const missing = new Set<string>()
  const { cache } = createRequire(import.meta.url)
  const hooks = registerHooks({
    resolve (specifier, context, next) {
      const name = [...missing].find(name => specifier === name || specifier.startsWith(`${name}/`))
      if (name !== undefined) throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
      return next(specifier, context)
    }
  })
  t.teardown(() => { hooks.deregister() })

  const cases: Array<[name: string, without: DocsOptions]> = [
    ['@fastify/swagger', {}], ['@fastify/swagger-ui', { docsUrl: null }], ['redoc', { redocUrl: null }]
  ]
  for (const [name, without] of cases) {
    missing.add(name)
    for (const file of Object.keys(cache)) if (file.includes(`/${name}/`)) Reflect.deleteProperty(cache, file)
    const message = `fastify-apikit/docs needs the package "${name}": npm install ${name}`
    await t.rejects(async () => { await bare(t).register(docs) }, { code: 'APIKIT_ERR_MISSING_PEER', message })
    if (name !== '@fastify/swagger') await t.resolves(async () => { await bare(t).register(docs, without) })
    missing.clear()
  }
})
