import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type Clock, CLOCK } from '../clock/clock.js';
import { MemoryThrottleStore } from './memory-throttle.store.js';
import { THROTTLE_STORE, type ThrottleLimit, type ThrottleStanding, type ThrottleStore } from './throttle-store.js';

/** Counts hits in the store of the application: its own, else the platform's, else one in the process. */
@Injectable()
export class Throttling implements OnApplicationShutdown {
  #standard?: ThrottleStore;
  #store?: ThrottleStore;

  constructor(
    private readonly modules: ModuleRef,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Names the store of an application that provides none under `THROTTLE_STORE`; to be called before any hit. */
  use(store: ThrottleStore): void {
    this.#standard = store;
  }

  hit(key: string, limit: ThrottleLimit): ThrottleStanding | Promise<ThrottleStanding> {
    this.#store ??= this.#find();
    return this.#store.hit(key, limit);
  }

  /** Takes a hit back, where the store can. */
  forgive(key: string, limit: ThrottleLimit): void | Promise<void> {
    this.#store ??= this.#find();
    return this.#store.forgive?.(key, limit);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#standard?.close?.();
    if (this.#store !== this.#standard) await this.#store?.close?.();
  }

  #find(): ThrottleStore {
    try {
      // Looked for across all modules, because whoever provides it need not know who counts.
      return this.modules.get<ThrottleStore>(THROTTLE_STORE, { strict: false });
    } catch {
      return this.#standard ?? new MemoryThrottleStore({ clock: this.clock });
    }
  }
}
