import { BadRequestException } from '@core-framework/common';

/**
 * Where in the application to go on, as an address of one of the origins that are allowed; a path is one of the first.
 *
 * @throws BadRequestException for anywhere else.
 */
export function returnAddressOf(next: string, origins: readonly string[]): string {
  const address = URL.canParse(next, origins[0]) ? new URL(next, origins[0]) : null;
  if (address && /^https?:$/.test(address.protocol) && origins.includes(address.origin) && address.username === '') {
    return address.href;
  }
  throw new BadRequestException('That is no address of this application.', { code: 'invalid_next' });
}

/** Adds something for the application behind a `#`, which browsers send nowhere. */
export function withFragment(address: string, members: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  url.hash = new URLSearchParams(members).toString();
  return url.href;
}
