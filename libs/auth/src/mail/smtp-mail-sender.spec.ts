import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CoreSettings, loadSettings } from '@core-framework/config';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { MAIL_SENDER_CASES } from '../testing/mail-sender.conformance.js';
import type { Mail } from './mail-sender.js';
import { SmtpMailSender } from './smtp-mail-sender.js';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

let server: SMTPServer;
const received: Received[] = [];
const settings = (env: Record<string, string> = {}) => {
  const { port } = server.server.address() as AddressInfo;
  return loadSettings(CoreSettings, {
    env: {
      ENVIRONMENT: 'testing',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(port),
      SMTP_USER: 'blog',
      SMTP_PASSWORD: 'letter box',
      EMAILS_FROM_EMAIL: 'blog@example.com',
      EMAILS_FROM_NAME: 'The blog',
      ...env,
    },
    envFile: false,
  });
};

beforeEach(() => void (received.length = 0));
beforeAll(async () => {
  server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, callback) =>
      callback(username === 'blog' && password === 'letter box' ? null : new Error('No.'), { user: username }),
    onData: (stream, { envelope }, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        received.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  const listening = once(server.listen(0, '127.0.0.1'), 'listening');
  await listening;
});
afterAll(async () => new Promise<void>((resolve) => server.close(() => resolve())));

/** What came of a letter, as its readers see it: one mail for each of them. */
function opened({ to, text }: Received): Mail[] {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const subject = /^Subject: (?<subject>.*(?:\r\n .*)*)/m.exec(head)?.groups?.subject ?? '';
  const mail = { subject: subject.replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_word, part: string) => unquoted(part)) };
  return to.map((address) => ({ ...mail, to: address, text: unquoted(body.join('\r\n\r\n')) }));
}

function unquoted(text: string): string {
  const bytes = text
    .replaceAll('_', /=[\dA-F]{2}/.test(text) && !text.includes('\n') ? ' ' : '_')
    .replace(/=\r\n/g, '')
    .replace(/=([\dA-F]{2})/g, (_byte, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

describe('mails by SMTP', () => {
  test.each(MAIL_SENDER_CASES)('$name', async ({ check }) => {
    const sender = new SmtpMailSender(settings());
    await check({ sender, delivered: () => received.flatMap(opened) });
    sender.onApplicationShutdown();
  });

  test('reach the server with their sender, subject and text', async () => {
    const sender = new SmtpMailSender(settings());
    await sender.send({ to: 'ann@example.com', subject: 'Héllo', text: 'Open https://example.com/#token=abc' });
    sender.onApplicationShutdown();
    expect(received).toEqual([
      {
        from: 'blog@example.com',
        to: ['ann@example.com'],
        text: expect.stringContaining('From: The blog <blog@example.com>'),
      },
    ]);
    expect(received[0]?.text).toContain('#token=abc');
  });

  test('SEC-73: go to one address, whatever is in it or in the subject', async () => {
    received.length = 0;
    const sender = new SmtpMailSender(settings());
    await sender
      .send({ to: 'a@example.com\r\nBcc: evil@example.com', subject: 'x\r\nBcc: evil@example.com', text: 'x' })
      .catch(() => undefined);
    await sender.send({ to: 'a@example.com', subject: 'x\r\nBcc: evil@example.com', text: 'x' });
    sender.onApplicationShutdown();
    for (const { to, text } of received) {
      expect(to).not.toContain('evil@example.com');
      expect(text).not.toMatch(/^Bcc:/m);
    }
  });

  test('fail with a wrong password, and tell neither it nor the text', async () => {
    const sender = new SmtpMailSender(settings({ SMTP_PASSWORD: 'wrong box' }));
    const error = await sender.send({ to: 'a@example.com', subject: 'x', text: 'y' }).catch(String);
    sender.onApplicationShutdown();
    expect(error).not.toContain('wrong box');
  });

  test('need a server and a sender', () => {
    expect(() => new SmtpMailSender(settings({ SMTP_HOST: '' }))).toThrow('no server');
    expect(() => new SmtpMailSender(settings({ EMAILS_FROM_EMAIL: '' }))).toThrow('no sender');
  });
});
