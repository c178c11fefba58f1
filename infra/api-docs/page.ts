import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorOf } from '../../shared/runtime/problem.ts';
import { problemCodes } from '../../shared/runtime/problem-codes.ts';
import { Html, html, prose } from './html.ts';
import { ApiDocument, type Operation, type Parameter, type Schema } from './model.ts';
import { nameOf, schemaHtml } from './schema.ts';

/** A file that goes into the page as it is: ours, so that nothing needs escaping. */
const asset = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8').trim();

/** Allows exactly this text as a style or script of the page (Content Security Policy 3, 6.7.3). */
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

/** The documentation as one page that asks nobody for anything. */
export function docsPage(openApiJson: string): string {
  const document = ApiDocument.parse(JSON.parse(openApiJson));
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    entries: entries.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const [style, script] = [asset('page.css'), asset('page.js')];
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'`;
  const { info, components, webhooks } = document;
  const events = new Set(Object.values(webhooks).map(({ post }) => eventSchemaOf(post)));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${info.title} API</title>
<style>${new Html(style)}</style>
</head>
<body>
<nav aria-label="Contents">
<a class="brand" href="#top">${info.title} <small>${info.version}</small></a>
<input id="filter" type="search" placeholder="Filter" aria-label="Filter operations">
${groups.map(
  ({ name, entries: listed }) =>
    html`<h2>${name}</h2><ul>${listed.map(
      ({ method, path, operation }) =>
        html`<li><a href="#${operation.operationId}" title="${operation.summary}"><b class="${method}">${method}</b> ${path}</a></li>`,
    )}</ul>`,
)}
<h2>Reference</h2>
<ul><li><a href="#events">Events</a></li><li><a href="#schemas">Schemas</a></li><li><a href="#problems">Problems</a></li>
<li><a href="/v1/openapi.json">OpenAPI 3.1</a></li></ul>
</nav>
<main id="top">
<header><h1>${info.title} API</h1>${prose(info.description)}</header>
${groups.map(
  ({ name, description, entries: listed }) =>
    html`<section><h2>${name}</h2>${prose(description)}${listed.map(operationHtml)}</section>`,
)}
<section id="events"><h2>Events</h2>
<p>On the bus, in webhooks and at <code>/v1/orders/{id}/events</code>: one envelope (<a href="#schema-Event">Event</a>) around each one's <code>data</code>.</p>
${Object.entries(webhooks).map(([type, { post }]) => eventHtml(type, eventSchemaOf(post), components.schemas[eventSchemaOf(post)] ?? {}))}</section>
<section id="schemas"><h2>Schemas</h2>${Object.entries(components.schemas)
    .filter(([name]) => !events.has(name))
    .map(
      ([name, schema]) =>
        html`<article id="schema-${name}"><h3>${name}</h3>${
          schema.description === undefined ? undefined : prose(schema.description)
        }${schemaHtml(schema)}</article>`,
    )}</section>
<section id="problems"><h2>Problems</h2><dl>${Object.entries(problemCodes).map(
    ([code, { status, title, meaning }]) =>
      html`<dt id="${anchorOf(code)}"><code>${code}</code> <span class="status">${status}</span> ${title}</dt><dd>${prose(meaning)}</dd>`,
  )}</dl></section>
</main>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.text;
}

function operationHtml({ method, path, operation }: Entry): Html {
  const body = operation.requestBody?.content['application/json'];
  return html`<article id="${operation.operationId}">
<h3><b class="${method}">${method}</b> <code>${path}</code></h3>
<p class="summary">${operation.summary}</p>
${prose(operation.description)}
${parametersHtml(operation.parameters ?? [])}
${body?.schema && html`<h4>Body</h4>${schemaHtml(body.schema)}`}
<h4>Answers</h4>
<dl class="answers">${Object.entries(operation.responses).map(
    ([status, { description, content }]) => html`<dt><span class="status s${status[0]}">${status}</span></dt>
<dd>${prose(description)}${answerSchema(status, content)}</dd>`,
  )}</dl>
<h4>Example</h4>
<div class="example"><button type="button">Copy</button><pre>${curlOf(method, path, operation, body?.example)}</pre></div>
</article>`;
}

function answerSchema(status: string, content: Operation['responses'][string]['content']): Html | undefined {
  const schema = content?.['application/json']?.schema;
  return schema && status.startsWith('2') ? schemaHtml(schema) : undefined;
}

function parametersHtml(parameters: readonly Parameter[]): Html | undefined {
  if (parameters.length === 0) return undefined;
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) => html`<li>
<code class="field">${name}</code> <span class="type">${place}</span>
${required ? html`<span class="required">required</span>` : undefined}
${schema && schemaHtml(schema)}${description === undefined ? undefined : prose(description)}</li>`,
  );
  return html`<h4>Parameters</h4><ul class="fields">${rows}</ul>`;
}

/** A command to paste into a shell. `$API` and `$KEY` are the reader's. */
function curlOf(method: string, path: string, operation: Operation, example: unknown): string {
  const parameters = operation.parameters ?? [];
  const needsKey = operation.security === undefined;
  const needsIdempotencyKey = parameters.some(({ name, required }) => name === 'Idempotency-Key' && required === true);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"$API${path}"`,
    ...(needsKey ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...(needsIdempotencyKey ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(example === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(example, null, 2)}'`]),
  ];
  return lines.join(' \\\n  ');
}

/** An event's own data: the envelope around it is the same for all. */
function eventHtml(type: string, name: string, { properties }: Schema): Html {
  return html`<article id="schema-${name}"><h3><code>${type}</code></h3>${properties?.data && schemaHtml(properties.data)}</article>`;
}

/** The name of the schema of a webhook's body. */
const eventSchemaOf = ({ requestBody }: Operation): string =>
  nameOf(requestBody?.content['application/json']?.schema ?? {}) ?? '';
