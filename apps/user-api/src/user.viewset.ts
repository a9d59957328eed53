import type { Principal } from '@core-framework/common';
import { Action, AllowAny, Input, IsAuthenticated, ModelViewSet, ViewSet } from '@core-framework/viewset';
import { Registration } from './registration.service.js';
import { User } from './user.model.js';
import { RegisterInput, UserOutput } from './user.schemas.js';

/** Users: everybody may become one, and see himself. */
@ViewSet({
  path: 'users',
  model: User,
  output: UserOutput,
  tags: ['Users'],
  actions: ['list', 'retrieve'],
  permissions: [IsAuthenticated],
})
export class UserViewSet extends ModelViewSet<User> {
  constructor(private readonly registration: Registration) {
    super();
  }

  override scope({ id, isStaff }: Principal) {
    return isStaff ? undefined : { id: Number(id) };
  }

  /** Makes an account. Whoever has one signs in at `/auth/login`. */
  @Action({
    method: 'POST',
    detail: false,
    status: 201,
    permissions: [AllowAny],
    transaction: false,
    throttle: '20/minute',
    output: UserOutput,
  })
  register(@Input() input: RegisterInput): Promise<User> {
    return this.registration.register(input);
  }
}
