import { Group, PermissionService } from '@core-framework/auth';
import { InjectManager, type Manager, runInContext } from '@core-framework/orm';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BLOG_ROLES } from './roles.js';

/** Adds the roles that the database does not know yet. Those that are there may have been changed, and are left alone. */
@Injectable()
export class MissingRoles implements OnApplicationBootstrap {
  constructor(
    @InjectManager(Group) private readonly groups: Manager<Group>,
    private readonly permissions: PermissionService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await runInContext(async () => {
      const known = new Set((await this.groups.all()).map(({ name }) => name));
      const missing = Object.entries(BLOG_ROLES).filter(([role]) => !known.has(role));
      await this.permissions.initializeRoles(Object.fromEntries(missing));
    });
  }
}
