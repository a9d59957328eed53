import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Names the client that a limit counts: its address, as far as proxies are trusted to say it. Of an IPv6 address only
 * the network counts, since whoever has one has all of them.
 */
export function clientAddressOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  if (!ip.includes(':') || !isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = ip.replace(/%.*$/, '').split('::');
  const parts = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole =
    tail === undefined ? parts : [...parts, ...Array<string>(8 - parts.length - rest.length).fill('0'), ...rest];
  return `${whole
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}
