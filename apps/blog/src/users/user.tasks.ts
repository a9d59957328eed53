import { MailSender, Session } from '@core-framework/auth';
import { PeriodicTask, Task } from '@core-framework/tasks';
import { Injectable, Logger } from '@nestjs/common';
import { User } from './user.model.js';

/** What is done for users behind their backs. */
@Injectable()
export class UserTasks {
  readonly #logger = new Logger(UserTasks.name);

  constructor(private readonly mails: MailSender) {}

  /** Greets somebody who is new. Who has gone meanwhile gets nothing. */
  @Task({ queue: 'emails', retry: 5, timeout: '30s', unique: (user: number) => String(user) })
  async sendWelcome(user: number): Promise<void> {
    const found = await User.objects.getOrNull({ id: user });
    if (!found) return;
    await this.mails.send({
      to: found.email,
      subject: 'Welcome to Core Blog',
      text: `Hello ${found.name},\n\nit is good to have you here.`,
    });
  }

  /** Forgets sign-ins that have ended, with their tokens. */
  @PeriodicTask({ cron: '30 3 * * *' })
  async purgeExpiredSessions(): Promise<void> {
    const gone = await Session.objects.filter({ absoluteExpiresAt__lt: new Date() }).delete();
    this.#logger.log(`${String(gone)} sessions had ended.`);
  }
}
