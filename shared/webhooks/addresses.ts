import { BlockList, isIP } from 'node:net';

/**
 * What is not public, by the special-purpose registries of IANA for IPv4 and IPv6 (2026). For IPv6 the rule is the other way round: only
 * 2000::/3 is public, and not all of it, so that `::7f00:1`, `::ffff:…`, NAT64 and site-local addresses need no rule of their own.
 */
const notPublic4 = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const global6 = listOf(['2000::/3']);
const notPublic6 = listOf([
  '2001::/23',
  '2001:db8::/32',
  // 6to4 and its like hold an IPv4 address, which may be a private one.
  '2002::/16',
  '3fff::/20',
  '2620:4f:8000::/48',
]);

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic4.check(address, 'ipv4');
    case 6:
      return global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Networks that the operator opened: in them plain http, any port and any name will do. */
export interface AllowedNetworks {
  readonly isEmpty: boolean;
  has(address: string): boolean;
}

/** @throws Error naming the entry that is not a network in CIDR notation: a wall with an unreadable door is not opened */
export function allowedNetworks(cidrs: readonly string[]): AllowedNetworks {
  // One list a family: a BlockList takes `::ffff:10.0.0.1` for 10.0.0.1, which would widen what was written.
  const four = listOf(cidrs.filter((cidr) => familyOf(cidr) === 'ipv4'));
  const six = listOf(cidrs.filter((cidr) => familyOf(cidr) === 'ipv6'));
  return {
    isEmpty: cidrs.length === 0,
    has(address) {
      const family = isIP(address);
      if (family === 4) return four.check(address, 'ipv4');
      return family === 6 && six.check(address, 'ipv6');
    },
  };
}

function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits] = cidr.split('/');
    list.addSubnet(network, Number(bits), familyOf(cidr));
  }
  return list;
}

function familyOf(cidr: string): 'ipv4' | 'ipv6' {
  const [network = '', bits = '', ...more] = cidr.split('/');
  const family = isIP(network);
  const isNetwork =
    family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!isNetwork) throw new Error(`"${cidr}" is not a network such as 10.0.0.0/8`);
  return family === 4 ? 'ipv4' : 'ipv6';
}
