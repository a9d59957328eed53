import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CheckFinding, FailedChecksError, type SystemCheck } from '../checks/system-check.js';
import { isAssembledOnly } from '../process/assembly.js';

/** Which checks. */
export interface CheckOptions {
  /** Those that production needs and development does not: they keep nothing from starting. @defaultValue false */
  readonly deploy?: boolean;
}

/** Where packages announce what they look at before the application starts. */
@Injectable()
export class CheckRegistry implements OnApplicationBootstrap {
  readonly #checks: { readonly run: SystemCheck; readonly isForDeploy: boolean }[] = [];
  readonly #silenced = new Set<string>();
  readonly #logger = new Logger(CheckRegistry.name);

  /** To be called before `onApplicationBootstrap`. */
  register(check: SystemCheck, { deploy = false }: CheckOptions = {}): void {
    this.#checks.push({ run: check, isForDeploy: deploy });
  }

  /** Has findings of these codes passed over, errors too. */
  silence(codes: Iterable<string>): void {
    for (const code of codes) this.#silenced.add(code);
  }

  /** Runs all checks, with `deploy` also those for production; what is silenced is left out. */
  async run({ deploy = false }: CheckOptions = {}): Promise<readonly CheckFinding[]> {
    const found: CheckFinding[] = [];
    for (const check of this.#checks) if (deploy || !check.isForDeploy) found.push(...(await check.run()));
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
