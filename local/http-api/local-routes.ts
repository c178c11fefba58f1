import type { IncomingMessage } from 'node:http';
import { isLocalHost } from '../kernel/http-server.ts';
import { operator, type WireRequest, type WireResponse } from '../kernel/kernel.ts';

export type LocalHandler = (request: WireRequest) => Promise<WireResponse>;

/** Pages of this machine that AWS does not have (the mailbox), beside the API on its port, for the person who sits at it. */
export class LocalRoutes {
  readonly #handlers = new Map<string, LocalHandler>();

  /** @param path `/local/mailbox`: itself and everything below it */
  add(path: string, handler: LocalHandler): void {
    this.#handlers.set(path, handler);
  }

  find(path: string): LocalHandler | undefined {
    if (!path.startsWith('/local/')) return undefined;
    for (const [own, handler] of this.#handlers) if (path === own || path.startsWith(`${own}/`)) return handler;
    return undefined;
  }
}

/** @returns why a request may not see pages of this machine; undefined if it may */
export function refusalOf(request: IncomingMessage): string | undefined {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  // A proxy on this machine would let the world in as 127.0.0.1.
  const proxied = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
  if (!(address.startsWith('127.') || address === '::1') || proxied) return 'Only from this machine';
  if (!isLocalHost(request.headers.host)) return 'Use 127.0.0.1 or localhost';
  // A page of the web may link here, but not act here.
  const { origin, host } = request.headers;
  if (origin && request.method !== 'GET' && origin !== `http://${host}`) return 'Not from another site';
  return undefined;
}

export function localRequest(request: IncomingMessage, path: string, query: string, body: Buffer): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = [value ?? ''].flat().join(',');
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body,
    principal: operator,
    requestId: '',
  };
}
