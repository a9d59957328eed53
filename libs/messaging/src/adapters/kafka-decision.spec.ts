import { expect, test } from '@jest/globals';
import { until } from '../testing/broker-case.js';
import { KafkaDecision } from './kafka-decision.js';

function decided() {
  const ends: boolean[] = [];
  const record = { isOpen: true };
  const decision = new KafkaDecision({
    end: (isDone) => ends.push(isDone),
    isOpen: () => record.isOpen,
    pauseMs: 1,
  });
  return { decision, ends, record };
}

test('a record is decided on once', async () => {
  const { decision, ends } = decided();
  await decision.be();
  await decision.be(() => Promise.reject(new Error('too late')));
  expect(ends).toEqual([true]);
});

test('what a record leads to is tried until it comes about', async () => {
  const { decision, ends } = decided();
  let failures = 3;
  const sendOn = async () => {
    if (failures-- > 0) throw new Error('not now');
  };
  await expect(decision.be(sendOn)).rejects.toThrow('not now');
  expect(ends).toEqual([]);
  await until(() => ends.length > 0);
  expect([ends, failures]).toEqual([[true], -1]);
});

test('a record that could not be sent on when its subscription ends is not dealt with', async () => {
  const { decision, ends, record } = decided();
  await expect(decision.be(() => Promise.reject(new Error('not now')))).rejects.toThrow('not now');
  record.isOpen = false;
  await until(() => ends.length > 0);
  expect(ends).toEqual([false]);
});
