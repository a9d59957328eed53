import { Injectable } from '@nestjs/common';
import { type Mail, MailSender } from './mail-sender.js';

/** Keeps mails, for tests. */
@Injectable()
export class InMemoryMailSender extends MailSender {
  /** What was sent, oldest first. */
  readonly outbox: Mail[] = [];

  async send(mail: Mail): Promise<void> {
    this.outbox.push(mail);
  }

  /** What was sent to an address last. */
  lastTo(email: string): Mail | undefined {
    return this.outbox.findLast(({ to }) => to === email);
  }
}
