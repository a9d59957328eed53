import { Connections, Database } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { NoAuthModuleError } from '../errors/auth.errors.js';
import { Hash } from '../hashing/hash.service.js';
import { PermissionAudit } from '../permissions/permission-audit.js';

// Models are used without injection (`User.objects`), but each application has hashers of its own. Whoever has a database
// at hand finds them through its connections; nothing outlives the application.
const services = new WeakMap<Connections, AccountServices>();

/** What managers and instances of users need of the application that they belong to. */
@Injectable()
export class AccountServices {
  constructor(
    @Inject(Connections) connections: Connections,
    @Inject(Hash) readonly hash: Hash,
    @Inject(PermissionAudit) readonly permissionAudit: PermissionAudit,
  ) {
    services.set(connections, this);
  }

  /** @throws NoAuthModuleError when the application has no AuthModule. */
  static of({ connections }: Database): AccountServices {
    const found = services.get(connections);
    if (found) return found;
    throw new NoAuthModuleError();
  }
}
