import { NoTransactionError, onCommit, runInContext } from '@core-framework/orm';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { InMemoryMailSender } from './in-memory-mail-sender.js';
import { type Mail, MailSender } from './mail-sender.js';

/** Makes and sends mails without having whoever asked for them wait, so that no answer tells whether one was sent. */
@Injectable()
export class PostOffice implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Mail');
  readonly #pending = new Set<Promise<void>>();

  constructor(@Inject(MailSender) private readonly sender: MailSender) {
    if (sender instanceof InMemoryMailSender) sender.waitFor(() => this.idle());
  }

  post(mail: Mail): void {
    // A sender that throws at once fails no request either.
    const sent = (async () => this.sender.send(mail))();
    this.#keep(sent, 'A mail could not be sent');
  }

  /** Does what belongs to a mail after the answer, in a unit of work of its own; after the transaction where one is open. */
  later(work: () => Promise<unknown>): void {
    const begin = () => {
      const answered = new Promise((resolve) => setImmediate(resolve));
      const done = answered.then(() => runInContext(work, { isolated: true }));
      this.#keep(done, 'What belongs to a mail could not be done');
    };
    try {
      onCommit(begin);
    } catch (error) {
      if (!(error instanceof NoTransactionError)) throw error;
      begin();
    }
  }

  /** Waits until nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.idle();
  }

  #keep(work: Promise<unknown>, complaint: string): void {
    const kept: Promise<void> = work
      .then(
        () => undefined,
        // Its message may hold the address.
        (error: unknown) => this.#logger.error(`${complaint}: ${(error as Error).name}`),
      )
      .finally(() => this.#pending.delete(kept));
    this.#pending.add(kept);
  }
}
