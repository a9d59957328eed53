import { BrokerChoiceError } from '../errors/messaging.errors.js';

/** @throws BrokerChoiceError when an address is missing, or leads to a server of another kind. */
export function checkAddress(broker: string, url: string, protocols: readonly string[]): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== undefined && protocols.includes(protocol)) return;
  // Not the address itself, which may have a password.
  const said = protocol === undefined ? 'is no address' : `begins with ${protocol}//`;
  throw new BrokerChoiceError(
    `The address of the broker "${broker}" ${url === undefined || url === '' ? 'is not set' : said}.`,
    `Give one that begins with ${protocols.map((known) => `${known}//`).join(' or ')}.`,
  );
}
