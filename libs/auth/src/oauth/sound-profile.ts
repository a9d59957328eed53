import { isEmailAddress } from '../users/email.js';
import type { OAuthProfile } from './oauth-provider.js';

/** Characters of the longest key of an account that is kept, and that OpenID Connect allows. */
const LONGEST_SUBJECT = 255;
// No database stores them.
const UNSTORABLE = /[\0\p{Cs}]/gu;

/**
 * What a provider tells, without what cannot be kept or mailed to: people choose their names and addresses there themselves.
 *
 * @throws TypeError when it does not name an account.
 */
export function soundProfile(profile: OAuthProfile): OAuthProfile {
  const { subject, email, emailVerified, firstName = '', lastName = '' } = profile;
  if (subject === '' || subject.length > LONGEST_SUBJECT || subject.search(UNSTORABLE) >= 0) {
    throw new TypeError('The provider names no account.');
  }
  const address = email?.trim();
  const isAddress = address !== undefined && isEmailAddress(address);
  return {
    ...profile,
    email: isAddress ? address : null,
    emailVerified: isAddress && emailVerified,
    firstName: firstName.replace(UNSTORABLE, ''),
    lastName: lastName.replace(UNSTORABLE, ''),
  };
}
