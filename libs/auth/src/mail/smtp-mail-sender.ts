import { CoreSettings } from '@core-framework/config';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { type Mail, MailSender } from './mail-sender.js';

const TIMEOUT_MS = 10_000;
const SECURE_PORT = 465;

/**
 * Sends mails by the server that `SMTP_HOST`, `SMTP_PORT`, `SMTP_USER` and `SMTP_PASSWORD` name, in the name of
 * `EMAILS_FROM_NAME` and `EMAILS_FROM_EMAIL`. Needs the package `nodemailer`.
 *
 * @throws AuthOptionsError when the server or the sender is not set.
 *
 * @example
 * AuthModule.forRoot({ userModel: User, mailSender: SmtpMailSender })
 */
@Injectable()
export class SmtpMailSender extends MailSender implements OnApplicationShutdown {
  readonly #transport: Transporter;
  readonly #from: { readonly name: string; readonly address: string };

  constructor(@Inject(CoreSettings) settings: CoreSettings) {
    super();
    const { smtpHost, smtpPort, smtpUser, smtpPassword, emailsFromEmail, emailsFromName, appName, isProduction } =
      settings;
    if (!smtpHost || !emailsFromEmail) {
      throw new AuthOptionsError(
        `SmtpMailSender has no ${smtpHost ? 'sender' : 'server'}.`,
        `Set ${smtpHost ? 'EMAILS_FROM_EMAIL' : 'SMTP_HOST'}.`,
      );
    }
    this.#from = { name: emailsFromName ?? appName, address: emailsFromEmail };
    this.#transport = createTransport({
      host: smtpHost,
      port: smtpPort,
      secure: smtpPort === SECURE_PORT,
      // Passwords and links are not sent in clear over networks of others.
      requireTLS: isProduction && smtpPort !== SECURE_PORT,
      pool: true,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(smtpUser !== undefined && { auth: { user: smtpUser, pass: smtpPassword ?? '' } }),
    });
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    // As an object the address is one, whatever stands in it; as a text it could be a list.
    await this.#transport.sendMail({ from: this.#from, to: { name: '', address: to }, subject, text });
  }

  onApplicationShutdown(): void {
    this.#transport.close();
  }
}
