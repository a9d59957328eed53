// Nothing that a mail's header would take for more than one address, and nothing that no database stores.
export const ONE_ADDRESS = /^[^\s@,;:<>"\0\p{Cs}]+@[^\s@,;:<>"\0\p{Cs}]+$/u;
const LONGEST = 254;

/** The one spelling under which an e-mail address is kept and looked up. */
export function normalizeEmail(email: string): string {
  // The Kelvin sign is the one letter whose small letter is one of ASCII: who has it in his address would pass for another.
  return email.trim().replace(/[^\u212a]+/g, (letters) => letters.toLowerCase());
}

/** Whether a text is one e-mail address that mails can be sent to. */
export function isEmailAddress(text: string): boolean {
  return text.length <= LONGEST && ONE_ADDRESS.test(text);
}
