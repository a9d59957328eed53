import { Group } from '@core-framework/auth';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { MissingRoles } from './missing-roles.service.js';
import { RoleViewSet } from './role.viewset.js';
import { User } from './user.model.js';
import { UserTasks } from './user.tasks.js';

@Module({
  imports: [CoreOrmModule.forFeature([User, Group]), ViewSetModule.forFeature([RoleViewSet])],
  providers: [MissingRoles, UserTasks],
})
export class UsersModule {}
