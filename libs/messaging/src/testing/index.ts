export type { BrokerCase, BrokerUnderTest } from './broker-case.js';
export { BROKER_CASES } from './broker.conformance.js';
