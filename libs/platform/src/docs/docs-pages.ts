/** A page of the documentation: its markup, its own script, and the policy both get along with. */
export interface DocsPage {
  readonly html: (title: string, assets: string) => string;
  readonly script: (openApiUrl: string) => string;
  readonly policy: string;
}

const NOTHING_ELSE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Swagger UI, to try the API out. */
export const swaggerPage: DocsPage = {
  html: (title, assets) =>
    page(
      title,
      [`${assets}/page.css`, `${assets}/swagger-ui.css`],
      [`${assets}/swagger-ui-bundle.js`, `${assets}/docs.js`],
    ),
  script: (url) =>
    `SwaggerUIBundle(${JSON.stringify({ url, dom_id: '#docs', deepLinking: true, validatorUrl: null, persistAuthorization: false })});\n`,
  policy: `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; ${NOTHING_ELSE}`,
};

/** The two style elements that Redoc makes: an empty one, filled through the DOM, and that of its scroll bars. */
const REDOC_STYLES =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

/** Redoc, to read about the API. Its search runs in a worker that it makes from a blob. */
export const redocPage: DocsPage = {
  html: (title, assets) => page(title, [`${assets}/page.css`], [`${assets}/redoc.standalone.js`, `${assets}/redoc.js`]),
  script: (url) => `Redoc.init(${JSON.stringify(url)}, {}, document.getElementById('docs'));\n`,
  policy: `default-src 'none'; script-src 'self'; style-src 'self' ${REDOC_STYLES}; img-src 'self' data:; connect-src 'self'; worker-src blob:; ${NOTHING_ELSE}`,
};

/** The stylesheet that both pages share. */
export const PAGE_STYLE = 'body { margin: 0; }\n';

function page(title: string, styles: readonly string[], scripts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title>`,
    '<link rel="icon" href="data:,">',
    ...styles.map((style) => `<link rel="stylesheet" href="${style}">`),
    '</head>',
    '<body>',
    '<div id="docs"></div>',
    ...scripts.map((script) => `<script src="${script}"></script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
