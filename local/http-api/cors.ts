import type { Cors } from './api.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

const CORS_HEADERS = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
];

/** The answer to a preflight request, which an API with CORS gives by itself whatever its routes are; undefined if it is none. */
export function preflight(cors: Cors, request: ApiRequest): ApiResponse | undefined {
  const { origin } = request.headers;
  if (request.method !== 'OPTIONS' || origin === undefined) return undefined;
  if (!request.headers['access-control-request-method']) return undefined;
  const headers: Record<string, string> = originHeaders(cors, origin) ?? {};
  if (headers['access-control-allow-origin']) {
    if (cors.methods.length > 0) headers['access-control-allow-methods'] = cors.methods.join(',');
    if (cors.headers.length > 0) headers['access-control-allow-headers'] = cors.headers.join(',');
    if (cors.maxAgeSeconds !== undefined) headers['access-control-max-age'] = String(cors.maxAgeSeconds);
  }
  return { status: 204, headers, cookies: [], body: '' };
}

/** The API's CORS settings replace whatever the function says about CORS. */
export function addCors(cors: Cors, request: ApiRequest, response: ApiResponse): void {
  for (const name of CORS_HEADERS) delete response.headers[name];
  const { origin } = request.headers;
  if (origin === undefined) return;
  Object.assign(response.headers, originHeaders(cors, origin));
  if (cors.exposed.length > 0) response.headers['access-control-expose-headers'] = cors.exposed.join(',');
}

function originHeaders(cors: Cors, origin: string): Record<string, string> | undefined {
  const allowed = cors.origins.some(
    (one) =>
      one === '*' ||
      one.toLowerCase() === origin.toLowerCase() ||
      (one.endsWith('://*') && origin.startsWith(one.slice(0, -1))),
  );
  if (!allowed) return undefined;
  return {
    'access-control-allow-origin': cors.origins.includes('*') ? '*' : origin,
    ...(cors.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.origins.includes('*') ? {} : { vary: 'Origin' }),
  };
}
