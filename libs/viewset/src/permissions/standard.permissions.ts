import { isSafe } from '../options/http-verb.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { Permission } from './permission.js';

/** Lets everybody in, signed in or not. */
export class AllowAny extends Permission {}

/** Asks for a caller who has signed in. */
export class IsAuthenticated extends Permission {
  override hasPermission({ principal }: ActionContext): boolean {
    return principal.isAuthenticated;
  }
}

/** Lets everybody read, and callers who have signed in change. */
export class IsAuthenticatedOrReadOnly extends Permission {
  override hasPermission({ principal, method }: ActionContext): boolean {
    return isSafe(method) || principal.isAuthenticated;
  }
}

/** Asks for a superuser. */
export class IsSuperUser extends Permission {
  override hasPermission({ principal }: ActionContext): boolean {
    return principal.isAuthenticated && principal.isSuperuser;
  }
}

/** Asks for a superuser, under the name that administrators know. */
export class IsAdmin extends IsSuperUser {}

/** Asks for a member of the staff. */
export class IsStaff extends Permission {
  override hasPermission({ principal }: ActionContext): boolean {
    return principal.isAuthenticated && principal.isStaff;
  }
}
