import { Injectable } from '@nestjs/common';
import { type Mail, MailSender } from './mail-sender.js';

/** Keeps mails, for tests. */
@Injectable()
export class InMemoryMailSender extends MailSender {
  /** What was sent, oldest first. */
  readonly outbox: Mail[] = [];
  readonly #makers = new Set<() => Promise<void>>();

  async send(mail: Mail): Promise<void> {
    this.outbox.push(mail);
  }

  /** What was sent to an address last. */
  lastTo(email: string): Mail | undefined {
    return this.outbox.findLast(({ to }) => to === email);
  }

  /** Waits for the mails that are being made: some are made only once whoever asked for them has the answer. */
  async settled(): Promise<void> {
    for (const idle of this.#makers) await idle();
  }

  /** Has {@link settled} wait for whoever makes mails, too. */
  waitFor(idle: () => Promise<void>): void {
    this.#makers.add(idle);
  }
}
