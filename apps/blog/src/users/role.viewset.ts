import { PermissionService } from '@core-framework/auth';
import { NotFoundException } from '@core-framework/common';
import { Action, type ActionContext, IsAdmin, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { BLOG_ROLES } from './roles.js';
import { User } from './user.model.js';

/** Who has which role: `/roles/editor/users/5`. */
@ViewSet({ path: 'roles', tags: ['Users'], permissions: [IsAdmin] })
export class RoleViewSet extends PlainViewSet {
  constructor(private readonly permissions: PermissionService) {
    super();
  }

  /** Gives somebody a role. */
  @Action({ method: 'PUT', path: ':role/users/:user', params: { user: 'integer' }, status: 204 })
  async give({ params }: ActionContext): Promise<void> {
    const { role, user } = await this.#named(params);
    await this.permissions.addRoleToUser(user.id, role);
  }

  /** Takes it away again. */
  @Action({ method: 'DELETE', path: ':role/users/:user', params: { user: 'integer' }, status: 204 })
  async take({ params }: ActionContext): Promise<void> {
    const { role, user } = await this.#named(params);
    await this.permissions.removeRoleFromUser(user.id, role);
  }

  async #named({ role = '', user }: ActionContext['params']): Promise<{ role: string; user: User }> {
    if (!Object.hasOwn(BLOG_ROLES, role)) throw new NotFoundException();
    return { role, user: await User.objects.get({ id: Number(user) }) };
  }
}
