import { type ActionContext, Permission, type PermissionEntry } from '@core-framework/viewset';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { UserPrincipal } from '../authentication/user-principal.js';
import { PolicyEngine } from '../policies/policy-engine.js';
import { codenameOf, type PermissionSubjectOptions, PermissionService } from './permission.service.js';

/** Asks for a caller whose e-mail address was shown to be his. */
@Injectable()
export class IsVerified extends Permission {
  override readonly message: string = 'Confirm your e-mail address first.';
  override readonly code: string = 'not_verified';

  constructor(@Optional() @Inject(PermissionService) private readonly permissions?: PermissionService) {
    super();
  }

  override async hasPermission({ principal }: ActionContext): Promise<boolean> {
    const { id, isAuthenticated } = principal;
    if (!isAuthenticated || id === null) return false;
    // Where there are no users, the token tells.
    if (!this.permissions) return 'isVerified' in principal && principal.isVerified === true;
    return (await this.permissions.grantsOf(id)).isVerified;
  }
}

class RolePermission extends Permission {
  constructor(private readonly roles: readonly string[]) {
    super();
  }

  override get label(): string {
    return `RequireRole(${this.roles.join(', ')})`;
  }

  override async hasPermission({ principal }: ActionContext): Promise<boolean> {
    if (!principal.isAuthenticated) return false;
    for (const role of this.roles) if (await principal.inGroup(role)) return true;
    return false;
  }
}

/** Asks that the caller has one of the roles; roles are groups. Superusers have none by themselves. */
export function RequireRole(...roles: readonly [string, ...string[]]): Permission {
  return new RolePermission(roles);
}

/** Options of {@link RequirePermission}. */
export interface RequirePermissionOptions {
  /** What the application's own model of policies asks for beside the caller, the resource and the action. */
  readonly attributes?: (context: ActionContext) => NonNullable<PermissionSubjectOptions['attributes']>;
}

/**
 * Asks that the caller may do `action` with `resource`, by the tables or by policies. Where the model of policies judges
 * single objects (`abac`, `acl`), actions on one object are decided by that object.
 *
 * @throws InvalidCodenameError when no permission can be named so.
 */
export function RequirePermission(
  resource: string,
  action: string,
  { attributes }: RequirePermissionOptions = {},
): PermissionEntry {
  const codename = codenameOf(resource, action);
  @Injectable()
  class ResourcePermission extends Permission {
    readonly #judgesObjects: boolean;

    constructor(
      @Optional() @Inject(PermissionService) private readonly permissions?: PermissionService,
      @Optional() @Inject(PolicyEngine) policies?: PolicyEngine,
    ) {
      super();
      this.#judgesObjects = policies?.judgesObjects ?? false;
    }

    override get checksObjects(): boolean {
      return this.#judgesObjects;
    }

    override async hasPermission(context: ActionContext): Promise<boolean> {
      return this.#judgesObjects && context.isDetail ? context.principal.isAuthenticated : this.#allows(context);
    }

    override async hasObjectPermission(context: ActionContext, object: object): Promise<boolean> {
      return !this.#judgesObjects || this.#allows(context, object);
    }

    async #allows(context: ActionContext, object?: object): Promise<boolean> {
      const { principal } = context;
      const { id, isAuthenticated } = principal;
      if (!isAuthenticated || id === null) return false;
      const scopes = principal instanceof UserPrincipal ? principal.proof.scopes : undefined;
      if (scopes && !scopes.includes(codename)) return false;
      // Where there are no tables, the token tells.
      if (!this.permissions) return principal.hasPermission(codename);
      return this.permissions.checkPermission(id, resource, action, { object, attributes: attributes?.(context) });
    }
  }
  Object.defineProperty(ResourcePermission, 'name', { value: `RequirePermission(${codename})` });
  return ResourcePermission;
}
