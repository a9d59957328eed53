import { isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

const WITH_PORT = /^(?:(?<v4>[\d.]+):\d+|\[(?<v6>[^\]]+)\](?::\d+)?)$/;

/**
 * The address of a client, as far as proxies are trusted to say it, without the port that some of them add; `undefined` where
 * what they say is no address.
 */
export function ipAddressOf({ ip }: Pick<FastifyRequest, 'ip'>): string | undefined {
  const { v4, v6 } = WITH_PORT.exec(ip)?.groups ?? {};
  const address = (v4 ?? v6 ?? ip).replace(/%.*$/s, '');
  return isIP(address) ? address : undefined;
}

/**
 * Names the client that a limit counts: its address, as far as proxies are trusted to say it. Of an IPv6 address only
 * the network counts, since whoever has one has all of them.
 */
export function clientAddressOf(request: Pick<FastifyRequest, 'ip'>): string {
  // Texts that are none are one client: of those anybody has as many as he likes.
  const ip = ipAddressOf(request) ?? 'unknown';
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = ip.split('::');
  const parts = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole =
    tail === undefined ? parts : [...parts, ...Array<string>(8 - parts.length - rest.length).fill('0'), ...rest];
  return `${whole
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}
