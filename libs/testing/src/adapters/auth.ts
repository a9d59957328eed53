export { actingAs } from '../auth/acting-as.js';
export { FakeMailer } from '../auth/fake-mailer.js';
export { TokenFactory } from '../auth/token-factory.js';
