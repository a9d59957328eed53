import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CheckFinding, FailedChecksError, type SystemCheck } from '../checks/system-check.js';
import { isAssembledOnly } from '../process/assembly.js';

/** Where packages announce what they look at before the application starts. */
@Injectable()
export class CheckRegistry implements OnApplicationBootstrap {
  readonly #checks: SystemCheck[] = [];
  readonly #silenced = new Set<string>();
  readonly #logger = new Logger(CheckRegistry.name);

  /** To be called before `onApplicationBootstrap`. */
  register(check: SystemCheck): void {
    this.#checks.push(check);
  }

  /** Has findings of these codes passed over, errors too. */
  silence(codes: Iterable<string>): void {
    for (const code of codes) this.#silenced.add(code);
  }

  /** Runs all checks; what is silenced is left out. */
  async run(): Promise<readonly CheckFinding[]> {
    const found: CheckFinding[] = [];
    for (const check of this.#checks) found.push(...(await check()));
    return found.filter(({ code }) => !this.#silenced.has(code));
  }

  /** @throws FailedChecksError when a finding is an error. */
  async onApplicationBootstrap(): Promise<void> {
    if (isAssembledOnly()) return;
    const findings = await this.run();
    const errors = findings.filter(({ level }) => level === 'error');
    if (errors.length) throw new FailedChecksError(errors);
    for (const { code, subject, message, fix } of findings) {
      this.#logger.warn(`${subject}: ${message} ${fix} [${code}]`);
    }
  }
}
