import { Injectable } from '@nestjs/common';
import { GrantReader } from '../permissions/grants.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';

/**
 * Claims that every access token carries beside those of the package, for services that verify tokens and know no users.
 * They are as old as the token. Name your own as `AuthModule.forRoot({ tokenClaims: MyClaims })`; it is created by Nest.
 */
@Injectable()
export class AccessClaims {
  async of(_user: Pick<AbstractBaseUser, 'id'>): Promise<Readonly<Record<string, unknown>>> {
    return {};
  }
}

/**
 * Tells in access tokens what their users may do: `groups`, `permissions`, and those of the flags `isStaff`, `isSuperuser`
 * and `isVerified` that are set. Services behind `AuthModule.forResourceServer()` decide by them.
 */
@Injectable()
export class PermissionClaims extends AccessClaims {
  constructor(private readonly grants: GrantReader) {
    super();
  }

  override async of({ id }: Pick<AbstractBaseUser, 'id'>): Promise<Readonly<Record<string, unknown>>> {
    const { roles, permissions, isStaff, isSuperuser, isVerified } = await this.grants.of(id);
    return {
      ...(roles.size > 0 && { groups: [...roles].sort() }),
      ...(permissions.size > 0 && { permissions: [...permissions].sort() }),
      ...(isStaff && { isStaff }),
      ...(isSuperuser && { isSuperuser }),
      ...(isVerified && { isVerified }),
    };
  }
}
