import { expect, test } from '@jest/globals';
import { readRecord } from './kafka-messages.js';
import { readMessage, sentOn } from './rabbitmq-messages.js';

const STRUCTURED = JSON.stringify({
  specversion: '1.0',
  id: '1',
  type: 'user.created',
  source: 'elsewhere',
  partitionkey: 'k',
  time: '2026-11-21T10:00:00Z',
  datacontenttype: 'application/json',
  data: { id: 7 },
  tenant: 't',
});
const EVENT = {
  id: '1',
  type: 'user.created',
  source: 'elsewhere',
  key: 'k',
  time: '2026-11-21T10:00:00Z',
  data: '{"id":7}',
  headers: { tenant: 't' },
};
const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

test('events in the structured form of CloudEvents are read from Kafka', () => {
  const record = { key: undefined, value: STRUCTURED, headers: new Map([['content-type', CONTENT_TYPE]]) };
  expect(readRecord(record)).toEqual(EVENT);
});

test('events in the structured form are read from RabbitMQ, also when they come again', () => {
  const received = { content: Buffer.from(STRUCTURED), properties: { contentType: CONTENT_TYPE, headers: {} } };
  expect(readMessage(received)).toEqual(EVENT);
  expect(readMessage(sentOn(received, { 'x-core-attempts': 1 }))).toEqual(EVENT);
});

test('events that Debezium takes out of the outbox are read from Kafka', () => {
  const headers = new Map([
    ['id', '1'],
    ['ce_id', '1'],
    ['ce_type', 'user.created'],
    ['ce_specversion', '1.0'],
    ['ce_source', 'elsewhere'],
  ]);
  const record = { key: 'k', value: '{"id":7}', headers, timestamp: BigInt(Date.parse('2026-11-21T10:00:00Z')) };
  expect(readRecord(record)).toEqual({ ...EVENT, time: '2026-11-21T10:00:00.000Z', headers: {} });
});
