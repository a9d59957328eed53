import { Hash } from '@core-framework/auth';
import { Event } from '@core-framework/messaging';
import { Atomic } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import { UserCreated } from './user.events.js';
import { User } from './user.model.js';
import type { RegisterInput } from './user.schemas.js';

/** Lets people in. */
@Injectable()
export class Registration {
  constructor(private readonly hash: Hash) {}

  /** @throws UniqueViolationError when the address is taken. */
  async register({ email, password }: RegisterInput): Promise<User> {
    // Takes its time, in which no transaction should be open.
    return this.store(email, await this.hash.make(password));
  }

  @Atomic()
  @Event('user.created', { topic: 'user-events', key: ({ id }: User) => id, payload: UserCreated })
  async store(email: string, passwordHash: string): Promise<User> {
    return User.objects.create({ email: email.toLowerCase(), passwordHash });
  }
}
