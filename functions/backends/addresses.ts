import type { BlockList } from 'node:net';

/** IANA's IPv4 special-purpose registry, multicast, the reserved rest, and Azure's metadata server. */
const specialV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Parts of global unicast that are not: protocol assignments with Teredo and ORCHID, documentation, 6to4. */
const specialV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

/** Prefixes in which an IPv6 address stands for the IPv4 address in its last 32 bits: v4-mapped and NAT64. */
const carriers = ['::ffff:', '64:ff9b::'];

interface Lists {
  special: BlockList;
  loopback: BlockList;
  /** The only IPv6 space in which a public host can be. */
  global: BlockList;
}

let lists: Lists | undefined;

/**
 * Whether a backend may have this IP address: a public one, or, where `allowLocal`, one of the loopback. Anything
 * that is no plain IP address is refused, also one with a zone.
 */
export function isAdmittedAddress(address: string, allowLocal: boolean): boolean {
  lists ??= buildLists();
  const { isIP } = process.getBuiltinModule('node:net');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (allowLocal && lists.loopback.check(address, kind)) return true;
  if (lists.special.check(address, kind)) return false;
  return family === 4 || lists.global.check(address, kind);
}

function buildLists(): Lists {
  const { BlockList } = process.getBuiltinModule('node:net');
  const special = new BlockList();
  const loopback = new BlockList();
  const global = new BlockList();
  for (const [network, prefix] of specialV4) addV4(special, network, prefix);
  for (const [network, prefix] of specialV6) special.addSubnet(network, prefix, 'ipv6');
  addV4(loopback, '127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  global.addSubnet('2000::', 3, 'ipv6');
  for (const carrier of carriers) global.addSubnet(`${carrier}0.0.0.0`, 96, 'ipv6');
  return { special, loopback, global };
}

function addV4(list: BlockList, network: string, prefix: number): void {
  list.addSubnet(network, prefix, 'ipv4');
  for (const carrier of carriers) list.addSubnet(`${carrier}${network}`, 96 + prefix, 'ipv6');
}
