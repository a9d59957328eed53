export { actingAs } from '../auth/acting-as.js';
export { FakeMailer } from '../auth/fake-mailer.js';
export { SecretWatch } from '../auth/secret-watch.js';
export { TokenFactory } from '../auth/token-factory.js';
