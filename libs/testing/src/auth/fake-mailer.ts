import assert from 'node:assert/strict';
import { InMemoryMailSender, type Mail, MailSender } from '@core-framework/auth';
import type { TestingModuleBuilder } from '@nestjs/testing';

/**
 * Keeps the mails of an application instead of sending them, and says what is missing among them.
 *
 * @example
 * const mails = new FakeMailer();
 * const app = await createTestApp(AppModule, { configure: mails.replaceSender });
 * await app.client.post('/api/v1/auth/forgot-password', { email: 'ann@example.com' });
 * const token = await mails.tokenTo('ann@example.com');
 */
export class FakeMailer extends InMemoryMailSender {
  /** For `createTestApp({ configure })`. */
  readonly replaceSender = (builder: TestingModuleBuilder): TestingModuleBuilder =>
    builder.overrideProvider(MailSender).useValue(this);

  /** The last mail to an address whose subject or text matches. @throws AssertionError when there is none. */
  async assertSent(to: string, pattern: RegExp | string = ''): Promise<Mail> {
    await this.settled();
    const found = this.outbox.findLast((mail) => mail.to === to && matches(mail, pattern));
    const sent = this.outbox.map((mail) => `\n  ${mail.to}: ${mail.subject}`).join('');
    assert(found, `No mail to ${to} matches ${String(pattern)}. There are:${sent || ' none'}`);
    return found;
  }

  /** @throws AssertionError when there is a mail, to this address where one is given. */
  async assertNothingSent(to?: string): Promise<void> {
    await this.settled();
    const sent = this.outbox.filter((mail) => to === undefined || mail.to === to);
    assert(sent.length === 0, `There are mails:${sent.map((mail) => `\n  ${mail.to}: ${mail.subject}`).join('')}`);
  }

  /** The token in the link of the last mail to an address. @throws AssertionError when there is none. */
  async tokenTo(to: string): Promise<string> {
    const { text } = await this.assertSent(to, '#token=');
    return /#token=(\S+)/.exec(text)?.[1] ?? '';
  }

  clear(): void {
    this.outbox.length = 0;
  }
}

function matches({ subject, text }: Mail, pattern: RegExp | string): boolean {
  const whole = `${subject}\n${text}`;
  return typeof pattern === 'string' ? whole.includes(pattern) : pattern.test(whole);
}
