import type { RequestListener } from 'node:http';
import { openApi, type OpenApi, type Paths } from './openapi';
import { plainRoute } from './plain-route';

/** A page that reads by itself, and the OpenAPI document under `/json` of it. */
export function docsRoutes(path: string, paths: Paths): [string, RequestListener][] {
  const document = openApi(paths);
  const [json, html] = [JSON.stringify(document), page(document, `${path}/json`)];
  return [
    [path, plainRoute(() => ({ type: 'text/html; charset=utf-8', body: html }))],
    [`${path}/json`, plainRoute(() => ({ type: 'application/json', body: json }))],
  ];
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
  }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly $ref?: string;
}

function page({ info, paths, components }: OpenApi, json: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationHtml(method, path, operation as Operation)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, { properties, required }]) =>
      `<h3>${escaped(name)}</h3>${table(
        Object.entries(properties).map(([field, schema]) => [
          required.includes(field) ? `${field} *` : field,
          schemaText(schema as Schema),
        ]),
      )}`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(info.title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>
<h1>${escaped(info.title)}</h1><p>${escaped(info.description)}</p>
<p><a href="${escaped(json)}">OpenAPI 3.1</a></p>
${operations.join('\n')}
<h2>Messages</h2><p>Fields with a star are always there.</p>${schemas.join('\n')}
</body></html>
`;
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;padding:.25rem .5rem;vertical-align:top}' +
  'td:first-child{white-space:nowrap;font-family:ui-monospace,monospace}h2{margin-top:2.5rem}' +
  ':root{color-scheme:light dark}';

function operationHtml(method: string, path: string, operation: Operation): string {
  const { summary, description = '', parameters = [], responses } = operation;
  return `<h2><code>${method.toUpperCase()} ${escaped(path)}</code></h2><p>${escaped(summary)}. ${escaped(description)}</p>
${table(parameters.map(({ name, description: what, required }) => [required ? `${name} *` : name, what]))}
${table(Object.entries(responses).map(([status, { description: what }]) => [status, what]))}`;
}

const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.length === 0
    ? ''
    : `<table>${rows.map(([name, what]) => `<tr><td>${escaped(name)}</td><td>${escaped(what)}</td></tr>`).join('')}</table>`;

function schemaText({ type, description, items, enum: choices, $ref }: Schema): string {
  const of = items === undefined ? '' : ` of ${schemaText(items)}`;
  const name = $ref?.slice($ref.lastIndexOf('/') + 1) ?? type ?? '';
  const what = `${name}${of}${choices?.join(' | ') ?? ''}`;
  return [what, description ?? ''].filter((part) => part !== '').join('. ');
}

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!,
  );
