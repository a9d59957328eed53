import type { AdapterPayload } from 'oidc-provider';

/** Where a fake provider keeps what it issued: one instance for each kind of thing. */
export class MemoryStore {
  readonly #all = new Map<string, AdapterPayload>();

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#all.set(id, payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#all.get(id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#where((payload) => payload.uid === uid)[0]?.[1];
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#where((payload) => payload.userCode === userCode)[0]?.[1];
  }

  async consume(id: string): Promise<void> {
    const payload = this.#all.get(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#all.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id] of this.#where((payload) => payload.grantId === grantId)) this.#all.delete(id);
  }

  #where(fits: (payload: AdapterPayload) => boolean): [string, AdapterPayload][] {
    return [...this.#all].filter(([, payload]) => fits(payload));
  }
}
