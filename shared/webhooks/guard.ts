import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type AllowedNetworks, isPublicAddress } from './addresses.ts';

/**
 * Keeps the dispatcher from being sent where a partner could not go himself (server-side request forgery). Asked when an endpoint is
 * created, for a message that helps, and at every attempt, because names change what they mean: what counts is the second.
 */
export class BlockedTarget extends Error {
  override readonly name = 'BlockedTarget';
}

export interface Address {
  address: string;
  family: number;
}
/** Every address of a name. */
export type Resolve = (hostname: string) => Promise<Address[]>;

/** The system's resolver: `/etc/hosts` and DNS, A and AAAA, aliases followed. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

export interface Target {
  url: URL;
  /** Without brackets and trailing dot. */
  hostname: string;
  /** Plain http, another port, an address or a private name: only inside the networks that the operator opened. */
  isPrivateOnly: boolean;
}

const httpsPorts = new Set(['', '443', '8443']);
const privateSuffixes = ['.local', '.internal', '.localhost', '.home.arpa'];
/** RFC 1035, 2.3.4. */
const longestName = 253;

/**
 * The rules on the text of a URL. `new URL` has already turned `0x7f.1`, `2130706433` and full-width digits into an address in dots.
 * @throws BlockedTarget in words for the endpoint's owner
 */
export function checkUrl(text: string, allowed: AllowedNetworks): Target {
  const url = URL.parse(text);
  if (!url) throw new BlockedTarget('It is not a URL.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new BlockedTarget('The scheme must be https.');
  if (url.username !== '' || url.password !== '') throw new BlockedTarget('It must not hold a user or a password.');
  const hostname = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (hostname === '' || hostname.length > longestName) throw new BlockedTarget('The host name is empty or too long.');

  const reason = whyPrivateOnly(url, hostname);
  if (reason !== undefined) {
    const isOpen = isIP(hostname) === 0 ? !allowed.isEmpty : allowed.has(hostname);
    if (!isOpen) throw new BlockedTarget(reason);
  }
  return { url, hostname, isPrivateOnly: reason !== undefined };
}

function whyPrivateOnly(url: URL, hostname: string): string | undefined {
  if (url.protocol === 'http:') return 'The scheme must be https.';
  if (!httpsPorts.has(url.port)) return 'The port must be 443 or 8443.';
  if (isIP(hostname) !== 0) return 'The host must be a name, not an address.';
  if (!hostname.includes('.')) return 'The host must be a full name with a domain.';
  if (privateSuffixes.some((suffix) => hostname.endsWith(suffix))) return 'The name belongs to a private network.';
  return undefined;
}

/**
 * The addresses that may be connected to: all that the name has, or none. One private answer among public ones refuses the name; a
 * sender that only dropped it would leave the choice to whoever answers the next question. The caller connects to these and asks no more.
 * @throws BlockedTarget, or the resolver's error
 */
export async function resolveTarget(target: Target, allowed: AllowedNetworks, resolve: Resolve): Promise<Address[]> {
  const family = isIP(target.hostname);
  const addresses = family === 0 ? await resolve(target.hostname) : [{ address: target.hostname, family }];
  const isOpen = ({ address }: Address) => allowed.has(address) || (!target.isPrivateOnly && isPublicAddress(address));
  if (addresses.length === 0) throw new BlockedTarget('The name has no address.');
  if (!addresses.every(isOpen)) throw new BlockedTarget('The name has an address that is not public.');
  return addresses;
}
