import { DefaultRoleManager } from 'casbin';

/** Roles above one another that Casbin follows. */
export const DEEPEST_CHAIN = 10;

/**
 * Casbin's roles, with those of one subject that the tables know of, for as long as one decision takes. They are never
 * loaded into memory as a whole, and never old.
 */
export class GrantedRoles extends DefaultRoleManager {
  #subject?: string;
  #roles: readonly string[] = [];

  constructor() {
    super(DEEPEST_CHAIN);
  }

  /** Decides with a subject's roles; the decision must not wait for anything. */
  deciding<T>(subject: string, roles: readonly string[], decide: () => T): T {
    this.#subject = subject;
    this.#roles = roles;
    try {
      return decide();
    } finally {
      this.#subject = undefined;
      this.#roles = [];
    }
  }

  override syncedHasLink(name: string, role: string, ...domain: string[]): boolean {
    if (super.syncedHasLink(name, role, ...domain)) return true;
    return name === this.#subject && this.#roles.some((granted) => super.syncedHasLink(granted, role, ...domain));
  }
}
