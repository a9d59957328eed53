/** A message to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * Sends mails. Name your own as `AuthModule.forRoot({ mailSender: SesSender })`; without one they are printed outside
 * production, and dropped with a warning inside.
 */
export abstract class MailSender {
  abstract send(mail: Mail): Promise<void>;
}
