import type { BrokerCase } from './broker-case.js';
import { DEAD_LETTER_CASES } from './dead-letter.cases.js';
import { DELIVERY_CASES } from './delivery.cases.js';
import { ORDER_CASES } from './order.cases.js';
import { TOPIC_CASES } from './topic.cases.js';

/** What every `MessageBroker` must do; run each case against a connected one. */
export const BROKER_CASES: readonly BrokerCase[] = [
  ...DELIVERY_CASES,
  ...ORDER_CASES,
  ...DEAD_LETTER_CASES,
  ...TOPIC_CASES,
];
