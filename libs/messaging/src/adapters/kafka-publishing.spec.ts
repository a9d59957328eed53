import { expect, test } from '@jest/globals';
import { BrokerUnreachableError } from '../errors/messaging.errors.js';
import type { EventMessage } from '../envelope/event-message.js';
import { publishInParts } from './kafka-publishing.js';

const message = (id: string, size: number): EventMessage => ({
  id,
  type: 'thing.done',
  source: 's',
  time: '',
  data: JSON.stringify('x'.repeat(size)),
  headers: {},
});

/** An error as the broker has it of its client. */
function refusal(apiId: string): Error {
  const told = Object.assign(new Error(`The server said ${apiId}.`), { apiId });
  return new BrokerUnreachableError('kafka', Object.assign(new Error('Producing failed.'), { errors: [told] }));
}

test('what is too large together goes in parts, in order; what is too large alone is named', async () => {
  const taken: string[] = [];
  const messages = [4, 3, 99, 1, 6, 2].map((size, index) => message(`${index}`, size));
  const errors = await publishInParts(messages, async (part) => {
    if (part.reduce((sum, { data }) => sum + data.length - 2, 0) > 10) throw refusal('MESSAGE_TOO_LARGE');
    taken.push(...part.map(({ id }) => id));
  });
  expect(taken).toEqual(['0', '1', '3', '4', '5']);
  expect([...errors].map(([id, { message: text }]) => [id, text])).toEqual([
    ['2', 'The server said MESSAGE_TOO_LARGE.'],
  ]);
});

test('a topic that may not be written to is the fault of its messages, asked for once', async () => {
  let asked = 0;
  for (const error of [
    refusal('TOPIC_AUTHORIZATION_FAILED'),
    new BrokerUnreachableError('kafka', new Error('Unknown topic t.')),
  ]) {
    const errors = await publishInParts([message('1', 1), message('2', 1)], async () => {
      asked += 1;
      throw error;
    });
    expect([...errors.keys()]).toEqual(['1', '2']);
  }
  expect(asked).toBe(2);
});

test('a server that is away is nobody else’s fault', async () => {
  const away = refusal('NETWORK_EXCEPTION');
  await expect(publishInParts([message('1', 1), message('2', 1)], () => Promise.reject(away))).rejects.toBe(away);
});
