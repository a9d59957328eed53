import { Injectable } from '@nestjs/common';

/** Tells whether something that the application depends on works. */
export interface HealthCheck {
  /** Last part of its address: `db` answers at `/health/db`. */
  readonly name: string;
  /**
   * Whether it is about work beside requests: what serves them stays ready while it fails, and tells of it.
   * @defaultValue false
   */
  readonly background?: boolean;
  /**
   * Resolves with facts for operators (never secrets) when all is well, rejects when it is not.
   * `signal` aborts when the prober has stopped waiting.
   */
  check(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
}

/** Where packages announce their health checks; the platform serves them. */
@Injectable()
export class HealthRegistry {
  readonly #checks = new Map<string, HealthCheck>();

  register(check: HealthCheck): void {
    this.#checks.set(check.name, check);
  }

  get checks(): readonly HealthCheck[] {
    return [...this.#checks.values()];
  }
}
