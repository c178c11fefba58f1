import { isLocalHost } from './http-server.ts';
import type { RequestHead } from './kernel.ts';

export interface LocalRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Buffer;
}

export interface LocalResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What this machine tells the person at it, beside the protocols of AWS on the same port. */
export type LocalPages = (request: LocalRequest) => Promise<LocalResponse>;

/** Paths that no service of AWS has: a bucket's name does not begin with an underscore, and a browser's request for `/` is not signed. */
export function isForLocalPages({ url, headers, method }: RequestHead): boolean {
  if (url.startsWith('/_local/')) return true;
  const isRoot = url === '/' || url.startsWith('/?');
  return isRoot && method === 'GET' && !headers.authorization && (headers.accept?.includes('text/html') ?? false);
}

/**
 * Why a request may not see the pages: it did not come from this machine's own person. Pages of the web can make a browser ask for anything,
 * so a name that is not this machine's, a request from elsewhere on the network, another origin, and credentials of a role are refused.
 */
export function refusalOfLocalPages(request: RequestHead, isRole: boolean): string | undefined {
  const { headers, remoteAddress } = request;
  if (!isLoopback(remoteAddress)) return 'These pages are for this machine itself only.';
  if (!isLocalHost(headers.host)) return 'Host names no address of this machine: use 127.0.0.1 or localhost.';
  const site = headers['sec-fetch-site'];
  const isForeign = headers.origin !== undefined || (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (isForeign) return 'A page of another origin may not come in.';
  return isRole ? 'Roles of the template may not come in.' : undefined;
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
