import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks that are nobody's in the internet: this machine's, this site's, and what is reserved (RFC 6890). */
const PRIVATE = { 4: new BlockList(), 6: new BlockList() };
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  PRIVATE[4].addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE[6].addSubnet(network, prefix, 'ipv6');
}

/** Whether an IP address is one that only this machine or its neighbours can reach. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 6) return PRIVATE[6].check(address, 'ipv6');
  return version === 0 || PRIVATE[4].check(address, 'ipv4');
}

/** Finds the address of a host for a connection, and fails when that is a private one: what was checked is what is connected to. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, '');
    const hidden = found.find(({ address }) => isPrivateAddress(address));
    const [first] = found;
    if (hidden || !first) return done(refusal(hostname), '');
    if (options.all) return done(null, found);
    done(null, first.address, first.family);
  });
};

/** Why a host is not connected to. */
export function refusal(hostname: string): Error {
  return new Error(`"${hostname}" has an address that is not public.`);
}
