/** Fastify's `trustProxy`, without its list form. */
export type TrustedProxies = boolean | string | ((address: string, hop: number) => boolean);

/** Turns the text of `TRUST_PROXY` into Fastify's option; a number is how many proxies stand in front. */
export function trustedProxies(setting: string): TrustedProxies {
  if (setting === '' || /^false$/i.test(setting)) return false;
  if (/^true$/i.test(setting)) return true;
  const hops = /^\d+$/.test(setting) ? Number(setting) : undefined;
  return hops === undefined ? setting : (_address, hop) => hop < hops;
}
