import { generateSecret, generateURI, verifySync } from 'otplib';

/** Seconds by which the clocks of devices may differ: one step of 30 seconds. */
const TOLERANCE = 30;
const CODE = /^\d{6}$/;

/** A new secret of 160 bits, in Base32 as apps read it. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** The address that apps read from a QR code. */
export function totpUri(issuer: string, account: string, secret: string): string {
  return generateURI({ issuer, label: account, secret });
}

/** The time step that a code belongs to, if it is one of now, the step before or the one after; `null` otherwise (RFC 6238). */
export function totpStepOf(code: string, secret: string, now: Date): number | null {
  if (!CODE.test(code)) return null;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ token: code, secret, epoch, epochTolerance: TOLERANCE });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
