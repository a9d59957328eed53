import { randomBytes } from 'node:crypto';
import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../secrets/secret-box.js';
import { RecoveryCode } from './recovery-code.model.js';

const CODES = 10;
// Crockford's letters: none is taken for another.
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;

/** Makes and redeems the codes that stand in for a lost device. Of each a hash is kept that nobody makes without the
 * application's key. */
@Injectable()
export class RecoveryCodes {
  constructor(
    @InjectManager(RecoveryCode) private readonly codes: Manager<RecoveryCode>,
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes ten codes for a user; older ones are good no longer. They are told this once. */
  async replace(userId: number | string): Promise<string[]> {
    const codes = Array.from({ length: CODES }, newCode);
    const createdAt = this.clock.now();
    await this.codes.atomic(async () => {
      await this.clear(userId);
      for (const code of codes)
        await this.codes.createRow({ user: userId, hash: this.#digests(userId, code)[0], createdAt });
    });
    return codes;
  }

  /** Redeems a code, however it is spelt: of those who try at once, one succeeds. */
  async redeem(userId: number | string, code: string): Promise<boolean> {
    const good = this.codes.where({ user: userId, hash__in: this.#digests(userId, code), usedAt__isnull: true });
    return (await good.update({ usedAt: this.clock.now() })) > 0;
  }

  /** How many are left. */
  async left(userId: number | string): Promise<number> {
    return this.codes.where({ user: userId, usedAt__isnull: true }).using('primary').count();
  }

  async clear(userId: number | string): Promise<void> {
    await this.codes.where({ user: userId }).delete();
  }

  #digests(userId: number | string, code: string): readonly string[] {
    return this.box.digests(`recovery-code:${userId}:${code.toLowerCase().replace(/[^0-9a-z]/g, '')}`);
  }
}

/** 80 bits, in groups of four. */
function newCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]);
  return letters.join('').replace(/.{4}(?!$)/g, '$&-');
}
