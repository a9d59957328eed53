import { CoreError } from '@core-framework/common';

/** A role or a permission of its own was asked for a user who can have none. */
export class UsersWithoutPermissionsError extends CoreError {
  readonly code = 'AUTH_USERS_WITHOUT_PERMISSIONS';

  constructor(model: string) {
    super(`${model} has no groups and no permissions.`, {
      fix: `Declare it as class ${model} extends PermissionsMixin(AbstractUser).`,
    });
  }
}

/** A permission was named in a way that none can be. */
export class InvalidCodenameError extends CoreError {
  readonly code = 'AUTH_INVALID_CODENAME';

  constructor(readonly codename: string) {
    super(`"${codename}" names no permission.`, { fix: "Write 'resource.action', without spaces: 'posts.update'." });
  }
}

/** The model of policies cannot be used. */
export class PolicyModelError extends CoreError {
  readonly code = 'AUTH_INVALID_POLICY_MODEL';

  constructor(message: string, options: { readonly fix: string; readonly cause?: unknown }) {
    super(message, options);
  }
}

/** A rule does not fit the model of policies. */
export class InvalidPolicyError extends CoreError {
  readonly code = 'AUTH_INVALID_POLICY';

  constructor(rule: readonly string[], problem: string, fix: string) {
    super(`The policy "${rule.join(', ')}" ${problem}.`, { fix });
  }
}

/** Policies were asked for in an application that has none. */
export class PoliciesNotConfiguredError extends CoreError {
  readonly code = 'AUTH_POLICIES_NOT_CONFIGURED';

  constructor(method: string) {
    super(`${method}() needs policies, and AuthModule was given none.`, {
      fix: "Pass policies: { model: 'rbac' } ('abac', 'acl', or a model.conf of your own) to AuthModule.forRoot().",
    });
  }
}
