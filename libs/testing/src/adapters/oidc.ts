export { FakeOidc, type FakeOidcAccount, type FakeOidcOptions } from '../oidc/fake-oidc.js';
