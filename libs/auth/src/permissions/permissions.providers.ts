import { CheckRegistry, type Clock, CLOCK } from '@core-framework/common';
import type { Provider } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.js';
import { OrmCasbinAdapter } from '../policies/orm-casbin.adapter.js';
import { PolicyEngine } from '../policies/policy-engine.js';
import { POLICY_WATCHER, type PolicyWatcher, resolvePolicyOptions } from '../policies/policy-options.js';
import { GrantReader } from './grants.js';
import { PermissionAudit } from './permission-audit.js';
import { PermissionService } from './permission.service.js';

/** What {@link PermissionService} is made of. */
export const PERMISSION_PROVIDERS: Provider[] = [
  GrantReader,
  OrmCasbinAdapter,
  {
    provide: PolicyEngine,
    inject: [AUTH_OPTIONS, OrmCasbinAdapter, CLOCK, CheckRegistry, { token: POLICY_WATCHER, optional: true }],
    useFactory: createEngine,
  },
  PermissionAudit,
  PermissionService,
];

function createEngine(
  { policies }: AuthOptions,
  adapter: OrmCasbinAdapter,
  clock: Clock,
  checks: CheckRegistry,
  watcher?: PolicyWatcher,
): PolicyEngine | undefined {
  if (!policies) return undefined;
  const engine = new PolicyEngine(resolvePolicyOptions(policies), adapter, clock, watcher);
  checks.register(() => engine.check());
  return engine;
}
