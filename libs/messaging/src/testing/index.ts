export { BROKER_CASES, type BrokerCase, type BrokerUnderTest } from './broker.conformance.js';
