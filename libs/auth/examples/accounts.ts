import { AbstractUser, AuthModule, PermissionsMixin, type UserManager } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Field, Model } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

@Model()
export class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;

  @Field.string({ maxLength: 50, nullable: true }) nickname!: string | null;
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
  ],
})
export class AccountsModule {}
