import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Mail, MailSender } from './mail-sender.js';

/** Hands mails to the sender without making whoever asked for them wait, so that no answer tells whether one was sent. */
@Injectable()
export class PostOffice implements OnApplicationShutdown {
  readonly #logger = new Logger('Mail');
  readonly #pending = new Set<Promise<void>>();

  constructor(@Inject(MailSender) private readonly sender: MailSender) {}

  post(mail: Mail): void {
    const sending = this.sender
      .send(mail)
      .catch((error: unknown) => this.#logger.error(`A mail could not be sent: ${(error as Error).name}`))
      .finally(() => this.#pending.delete(sending));
    this.#pending.add(sending);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
