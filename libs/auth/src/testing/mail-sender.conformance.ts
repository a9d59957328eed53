import assert from 'node:assert/strict';
import type { Mail, MailSender } from '../mail/mail-sender.js';

/** A sender under test. */
export interface MailSenderSubject {
  readonly sender: MailSender;
  /** What has come out at the other end, oldest first. */
  delivered(): readonly Mail[] | Promise<readonly Mail[]>;
}

/** One thing that every sender must do; give name and check to the test runner at hand, each with a new subject. */
export interface MailSenderCase {
  readonly name: string;
  check(subject: MailSenderSubject): Promise<void>;
}

const MAIL: Mail = {
  to: 'ann@example.com',
  subject: 'Grüße, Ann',
  text: 'Open this link:\n\nhttps://x.example/#token=a_b-c\n',
};

/**
 * What every {@link MailSender} must do, for the tests of one's own.
 *
 * @example
 * test.each(MAIL_SENDER_CASES)('$name', ({ check }) => check({ sender: new SesSender(fake), delivered: () => fake.mails }));
 */
export const MAIL_SENDER_CASES: readonly MailSenderCase[] = [
  {
    name: 'delivers a mail as it is, links and all characters included',
    async check({ sender, delivered }) {
      await sender.send(MAIL);
      const [mail, ...more] = await delivered();
      assert.equal(more.length, 0);
      assert.equal(mail?.to, MAIL.to);
      assert.equal(mail.subject, MAIL.subject);
      assert.equal(mail.text.trimEnd().replaceAll('\r\n', '\n'), MAIL.text.trimEnd());
    },
  },
  {
    name: 'has delivered when it says so, also of several at once',
    async check({ sender, delivered }) {
      const mails = Array.from({ length: 5 }, (_, n) => ({ ...MAIL, to: `user${n}@example.com` }));
      await Promise.all(mails.map((mail) => sender.send(mail)));
      const addresses = (await delivered()).map(({ to }) => to).toSorted((a, b) => a.localeCompare(b));
      assert.deepEqual(
        addresses,
        mails.map(({ to }) => to),
      );
    },
  },
  {
    name: 'sends to nobody whom a line break smuggles in',
    async check({ sender, delivered }) {
      const smuggled = 'eve@example.com';
      for (const mail of [
        { ...MAIL, to: `ann@example.com\r\nBcc: ${smuggled}` },
        { ...MAIL, subject: `Hello\r\nBcc: ${smuggled}` },
        { ...MAIL, subject: `Hello\nTo: ${smuggled}` },
      ]) {
        // To refuse is as good.
        await sender.send(mail).catch(() => undefined);
      }
      for (const { to } of await delivered()) assert.notEqual(to, smuggled);
    },
  },
];
