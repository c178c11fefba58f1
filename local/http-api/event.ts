import type { Kernel } from '../kernel/kernel.ts';
import { type Api, type Route, STAGE } from './api.ts';
import type { ApiRequest } from './request.ts';

/** What a function and an authorizer see alike of a request (payload format 2.0). */
export interface EventBase {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: Record<string, unknown>;
  pathParameters?: Record<string, string>;
  stageVariables?: Record<string, string>;
}

/**
 * Builds the event. Paths are percent-decoded, as HTTP APIs (unlike REST APIs and function URLs) deliver them.
 * @throws URIError for a malformed percent encoding
 */
export function eventBase(
  kernel: Pick<Kernel, 'account' | 'clock'>,
  api: Api,
  route: Route,
  request: ApiRequest,
  parameters: [string, string][],
): EventBase {
  const now = kernel.clock.now();
  const path = decodeURIComponent(request.path);
  const domainName = request.headers.host ?? '';
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.rawQueryString,
    ...(request.cookies ? { cookies: request.cookies } : {}),
    headers: request.headers,
    ...(request.query ? { queryStringParameters: request.query } : {}),
    requestContext: {
      accountId: kernel.account,
      apiId: api.id,
      domainName,
      domainPrefix: domainName.split(/[.:]/)[0],
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.requestId,
      routeKey: route.key,
      stage: STAGE,
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(parameters.length > 0
      ? { pathParameters: Object.fromEntries(parameters.map(([name, value]) => [name, decodeURIComponent(value)])) }
      : {}),
    ...(api.stageVariables ? { stageVariables: api.stageVariables } : {}),
  };
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(time: number): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
