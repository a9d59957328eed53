import { CoreSettings } from '@core-framework/config';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { type Mail, MailSender } from './mail-sender.js';

/** Prints mails while an application is developed. In production it prints nothing of them, since they hold secrets. */
@Injectable()
export class ConsoleMailSender extends MailSender {
  readonly #logger = new Logger('Mail');

  constructor(@Optional() @Inject(CoreSettings) private readonly settings?: CoreSettings) {
    super();
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    if (this.settings?.isDevelopment) this.#logger.log(`To: ${to}\nSubject: ${subject}\n\n${text}`);
    else this.#logger.warn('A mail was not sent: name a MailSender in AuthModule.forRoot({ mailSender }).');
  }
}
