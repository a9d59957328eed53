import { InvalidInputException } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { Hash } from '../hashing/hash.service.js';
import { PasswordPolicy } from '../passwords/password-policy.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';

type Person = Partial<Pick<AbstractBaseUser, 'email' | 'firstName' | 'lastName'>>;

/** Refuses new passwords that break the policy, in the words of an input's errors, and hashes those that keep it. */
@Injectable()
export class PasswordRules {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hashing: Hash,
  ) {}

  /** @throws InvalidInputException with the errors under `field`. */
  check(field: string, password: string, { email, firstName, lastName }: Person): void {
    const errors = this.policy.check(password, [email, firstName, lastName]);
    if (errors.length > 0) throw new InvalidInputException({ [field]: errors });
  }

  /** What is kept of a password. @throws ServiceUnavailableException when there are too many to hash already. */
  hash(password: string): Promise<string> {
    return this.hashing.make(password);
  }
}
