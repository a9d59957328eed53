import { Atomic, BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { Consumer, type CoreEvent, Event, MessagingModule, OnEvent } from '@core-framework/messaging';
import { Injectable, Module } from '@nestjs/common';
import { IsEmail, IsInt } from 'class-validator';

@Model()
export class Order extends BaseModel {
  declare static readonly objects: Manager<Order>;

  @Field.integer() userId!: number;
}

class UserCreated {
  @IsInt() id!: number;
  @IsEmail() email!: string;
}

@Injectable()
export class Users {
  @Atomic()
  @Event('user.created', { topic: 'user-events', key: ({ id }: UserCreated) => id })
  async register(id: number, email: string): Promise<UserCreated> {
    return { id, email };
  }
}

@Consumer('order-service', { topics: ['user-events'], retry: 3 })
export class OrderEvents {
  @OnEvent('user.created', { payload: UserCreated })
  async onUserCreated({ data }: CoreEvent<UserCreated>): Promise<void> {
    await Order.objects.create({ userId: data.id });
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forFeature([Order]),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([OrderEvents]),
  ],
  providers: [Users],
})
export class AppModule {}
