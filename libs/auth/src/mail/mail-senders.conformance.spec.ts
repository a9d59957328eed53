import { CoreSettings, loadSettings } from '@core-framework/config';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterAll, describe, test } from '@jest/globals';
import { MAIL_SENDER_CASES, type MailSenderSubject } from '../testing/mail-sender.conformance.js';
import { ConsoleMailSender } from './console-mail-sender.js';
import { InMemoryMailSender } from './in-memory-mail-sender.js';
import { type Mail, MailSender } from './mail-sender.js';

/** Puts mails into a queue, as an application of its own might. */
class QueueingMailSender extends MailSender {
  constructor(private readonly queue: string[]) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    if (/[\r\n]/.test(mail.to + mail.subject)) throw new TypeError('A mail has a line break in its head.');
    this.queue.push(JSON.stringify(mail));
  }
}

class Recorder extends ConsoleLogger {
  readonly lines: string[] = [];

  override log(message: string): void {
    this.lines.push(message);
  }
}

const subjects: Record<string, () => MailSenderSubject> = {
  InMemoryMailSender: () => {
    const sender = new InMemoryMailSender();
    return { sender, delivered: () => sender.outbox };
  },
  ConsoleMailSender: () => {
    const recorder = new Recorder();
    Logger.overrideLogger(recorder);
    const settings = loadSettings(CoreSettings, { env: { ENVIRONMENT: 'development' }, envFile: false });
    return { sender: new ConsoleMailSender(settings), delivered: () => recorder.lines.map(printed) };
  },
  'one of an application': () => {
    const queue: string[] = [];
    return { sender: new QueueingMailSender(queue), delivered: () => queue.map((mail) => JSON.parse(mail) as Mail) };
  },
};

function printed(text: string): Mail {
  const {
    to = '',
    subject = '',
    body = '',
  } = /^To: (?<to>.*)\nSubject: (?<subject>.*)\n\n(?<body>[^]*)$/.exec(text)?.groups ?? {};
  return { to, subject, text: body };
}

describe.each(Object.entries(subjects))('%s', (_name, make) => {
  afterAll(() => Logger.overrideLogger(false));
  test.each(MAIL_SENDER_CASES)('$name', ({ check }) => check(make()));
});
