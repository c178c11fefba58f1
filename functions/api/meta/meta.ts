import { brotliDecompressSync } from 'node:zlib';
import * as z from 'zod';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { routeKeyOf } from '../../../shared/runtime/contract.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import { type ApiEvent, parseRequest } from '../../../shared/runtime/request.ts';
import { type ApiHandler, serve } from '../../../shared/runtime/route.ts';
import { metaContracts } from './contract.ts';

export interface MetaDeps {
  stage: string;
  /** Brotli, base64: `dist/api/documents.json`. */
  documents: { openapi: string; docs: string };
}

/** What is read of the OpenAPI document: its version, and which methods a path has. */
const Described = z.object({
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** Seconds that browsers and proxies may keep the document: it changes with a deployment only. */
const cached = { 'cache-control': 'public, max-age=300' };

/** Health, the document and its page; and `$default`, the answer to what no route takes. */
export function metaRoutes({ stage, documents }: MetaDeps): ApiHandler {
  const [openapi, docs] = [unpacked(documents.openapi), unpacked(documents.docs)];
  const { info, paths } = Described.parse(JSON.parse(openapi));
  const known = Object.entries(paths).map(([path, methods]) => ({
    pattern: patternOf(path),
    methods: Object.keys(methods).flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])),
  }));
  const open: Readonly<Record<string, () => Answer>> = {
    [routeKeyOf(metaContracts.health)]: () => ({ status: 200, body: { status: 'ok', stage, version: info.version } }),
    [routeKeyOf(metaContracts.openapi)]: () => document('application/json; charset=utf-8', openapi),
    [routeKeyOf(metaContracts.docs)]: () => document('text/html; charset=utf-8', docs),
  };
  const contracts = Object.values(metaContracts);

  return serve(async (event) => {
    const { method } = event.requestContext.http;
    // HEAD of what is public comes here by $default: whoever watches the health asks that way.
    const key = `${method === 'HEAD' ? 'GET' : method} ${event.rawPath}`;
    const contract = contracts.find((one) => routeKeyOf(one) === key);
    if (contract) parseRequest(contract, event);
    return open[key]?.() ?? unrouted(event, known);
  });
}

const document = (contentType: string, text: string): Answer => ({
  status: 200,
  headers: { ...cached, 'content-type': contentType },
  text,
});

const unpacked = (text: string): string => brotliDecompressSync(Buffer.from(text, 'base64')).toString('utf8');

/** `/v1/orders/{id}` as a pattern: a variable stands for one segment that is not empty. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);

function unrouted({ rawPath, requestContext }: ApiEvent, known: { pattern: RegExp; methods: string[] }[]): Answer {
  const methods = known.filter(({ pattern }) => pattern.test(rawPath)).flatMap((one) => one.methods);
  if (methods.length === 0) throw new ProblemError('not_found');
  const headers = { allow: [...methods, 'OPTIONS'].join(', ') };
  if (requestContext.http.method === 'OPTIONS') return { status: 204, headers };
  const detail = `${requestContext.http.method} is not a method of this path; ${methods.join(', ')} ${methods.length > 1 ? 'are' : 'is'}.`;
  throw new ProblemError('method_not_allowed', detail, { headers });
}
