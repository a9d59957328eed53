import { ANONYMOUS, type Principal } from '@core-framework/common';

/** Who a test acts as: a user with the members that matter, or a whole {@link Principal}. */
export interface Caller {
  readonly id: number | string;
  /** @defaultValue true */
  readonly isActive?: boolean;
  /** @defaultValue false */
  readonly isStaff?: boolean;
  /** @defaultValue false */
  readonly isSuperuser?: boolean;
  /** Codenames (`posts.delete`) that the caller holds; a superuser holds all. @defaultValue none */
  readonly permissions?: readonly string[];
  /** Names of the groups that the caller is in. @defaultValue none */
  readonly groups?: readonly string[];
}

/** A row of the application's users, whose groups and permissions are those of the tables. */
export interface AccountRow {
  readonly id: number | string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly tokenVersion: number;
}

/** The principal that the application sees when a test acts as `caller`. */
export function principalOf(caller: Caller | Principal | AccountRow): Principal {
  if ('hasPermission' in caller) return caller;
  const { id, isActive = true, isStaff = false, isSuperuser = false, permissions = [], groups = [] } = caller as Caller;
  return {
    ...ANONYMOUS,
    id,
    isAuthenticated: true,
    isActive,
    isStaff,
    isSuperuser,
    hasPermission: (codename) => isActive && (isSuperuser || permissions.includes(codename)),
    inGroup: (name) => groups.includes(name),
  };
}
