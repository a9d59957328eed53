import { CheckRegistry } from '@core-framework/common';
import { expect, test } from '@jest/globals';
import type { MessageBroker } from '../brokers/message-broker.js';
import type { ResolvedMessagingOptions } from '../messaging.options.js';
import { MessagingChecks } from './messaging-checks.js';

test.each([
  ['redis', true, []],
  ['redis', false, ['MESSAGING_WITHOUT_OUTBOX']],
  ['memory', true, ['MESSAGING_SINGLE_PROCESS']],
])('the broker %s, with an outbox: %s', async (name, outbox, codes) => {
  const checks = new CheckRegistry();
  new MessagingChecks({ name } as MessageBroker, { outbox } as ResolvedMessagingOptions, checks).onModuleInit();
  expect((await checks.run({ deploy: true })).map(({ code }) => code)).toEqual(codes);
  expect(await checks.run()).toEqual([]);
});
