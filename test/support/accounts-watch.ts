import type { TestApp, TestAppOptions } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { DocumentWatch } from './document-watch.js';

/** Fails when an application leaves a secret behind, logs nothing, or refuses in a way that its API document does not know. */
export class AccountsWatch extends SecretWatch {
  #document: DocumentWatch | undefined;

  override async start(module: Parameters<SecretWatch['start']>[0], options: TestAppOptions = {}): Promise<TestApp> {
    const app = await super.start(module, options);
    this.#document = await DocumentWatch.over(app);
    return app;
  }

  override async search(app: TestApp): Promise<void> {
    await super.search(app);
    const undescribed = [...(this.#document?.findings ?? [])];
    if (undescribed.length > 0) throw new Error(`Not in the document: ${undescribed.join('\n')}`);
    if (this.lines.length === 0) throw new Error('Nothing was logged.');
  }
}

/** As `createTestApp`: an application that is searched for secrets when it is closed. */
export function createWatchedApp(...args: Parameters<SecretWatch['start']>): Promise<TestApp> {
  return new AccountsWatch().start(...args);
}
