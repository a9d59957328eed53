/**
 * Who is asking. Permissions, scopes and throttles know callers only through this port;
 * the auth package provides it for users, an application may provide its own.
 */
export interface Principal {
  /** Primary key of the user, `null` for an anonymous caller. */
  readonly id: number | string | null;
  readonly isAuthenticated: boolean;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  /** Whether the caller holds the permission, named `resource.verb` (`posts.delete`). */
  hasPermission(codename: string): boolean | Promise<boolean>;
  inGroup(name: string): boolean | Promise<boolean>;
}

/** The caller who showed no credentials. */
export const ANONYMOUS: Principal = Object.freeze({
  id: null,
  isAuthenticated: false,
  isActive: false,
  isStaff: false,
  isSuperuser: false,
  hasPermission: () => false,
  inGroup: () => false,
});
