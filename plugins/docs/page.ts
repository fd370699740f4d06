/**
 * The HTML pages. They contain no inline script or style, so that they work with a strict Content-Security-Policy.
 *
 * @module
 * @see https://www.w3.org/TR/CSP3/
 */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escape (text: string): string {
  return text.replaceAll(/[&<>"']/g, char => String(ENTITIES[char]))
}

interface Page {
  readonly title: string
  readonly styles?: readonly string[]
  readonly icon: string
  readonly body: string
  readonly scripts: readonly string[]
}

/** An empty icon, so that the browser does not request `/favicon.ico`. */
const NO_ICON = 'data:,'

function page ({ title, styles = [], icon, body, scripts }: Page): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title>`,
    `<link rel="icon" href="${escape(icon)}">`,
    ...styles.map(href => `<link rel="stylesheet" href="${escape(href)}">`),
    '</head>',
    '<body>',
    body,
    ...scripts.map(src => `<script src="${escape(src)}"></script>`),
    '</body>',
    '</html>',
    ''
  ].join('\n')
}

export interface SwaggerUiPage {
  readonly title: string
  readonly icon: string | null
  readonly css: string
  readonly js: string
  /** URL of the document. */
  readonly openapiUrl: string
  readonly oauth2RedirectUrl: string | null
  /** Prefix of the file names. */
  readonly assets: string
  readonly parameters: object
  readonly initOAuth: object | undefined
}

/** FastAPI's parameters. The document is not sent to an external validator. */
const PARAMETERS = { dom_id: '#swagger-ui', layout: 'BaseLayout', deepLinking: true, showExtensions: true, showCommonExtensions: true, validatorUrl: null }

export function swaggerUiPage ({ title, icon, css, js, openapiUrl, oauth2RedirectUrl, assets, parameters, initOAuth }: SwaggerUiPage): string {
  const data = {
    parameters: JSON.stringify({ url: openapiUrl, ...PARAMETERS, ...parameters }),
    ...oauth2RedirectUrl !== null && { 'oauth2-redirect': oauth2RedirectUrl },
    ...initOAuth !== undefined && { 'init-oauth': JSON.stringify(initOAuth) }
  }
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escape(value)}"`)
  return page({
    title,
    icon: icon ?? NO_ICON,
    styles: [css],
    body: `<div id="swagger-ui"${attributes.join('')}></div>`,
    scripts: [js, `${assets}/start.js`]
  })
}

/** The script that starts Swagger UI. */
export const START_SWAGGER_UI = `const { parameters, oauth2Redirect, initOauth } = document.getElementById('swagger-ui').dataset
const ui = SwaggerUIBundle({
  ...JSON.parse(parameters),
  ...oauth2Redirect && { oauth2RedirectUrl: window.location.origin + oauth2Redirect },
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset]
})
if (initOauth) ui.initOAuth(JSON.parse(initOauth))
`

/** @param assets Prefix of the file names. */
export function oauth2RedirectPage (assets: string): string {
  return page({ title: 'Swagger UI: OAuth2 Redirect', icon: NO_ICON, body: '', scripts: [`${assets}/oauth2-redirect.js`] })
}

export interface RedocPage {
  readonly title: string
  readonly icon: string | null
  readonly js: string
  /** URL of the document. */
  readonly openapiUrl: string
  /** Prefix of the file names. */
  readonly assets: string
}

export function redocPage ({ title, icon, js, openapiUrl, assets }: RedocPage): string {
  return page({
    title,
    icon: icon ?? NO_ICON,
    styles: [`${assets}/page.css`],
    body: `<noscript>ReDoc requires Javascript to function. Please enable it to browse the documentation.</noscript>\n<redoc spec-url="${escape(openapiUrl)}"></redoc>`,
    scripts: [js]
  })
}
