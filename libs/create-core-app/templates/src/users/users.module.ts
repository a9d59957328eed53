import { CoreOrmModule } from '@core-framework/orm';
import { Module } from '@nestjs/common';
import { User } from './user.model.js';

@Module({ imports: [CoreOrmModule.forFeature([User])] })
export class UsersModule {}
