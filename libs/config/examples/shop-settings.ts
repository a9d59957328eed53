import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { IsInt, IsString, Min } from 'class-validator';

class ShopSettings extends CoreSettings {
  /** Read from STRIPE_API_KEY, and never shown: its name says that it is a secret. */
  @IsString()
  stripeApiKey = '';

  /** Read from MAX_CART_ITEMS; anything but an integer of at least 1 ends the start with one message. */
  @IsInt()
  @Min(1)
  maxCartItems = 50;
}

@Injectable()
class Cart {
  constructor(private readonly settings: ShopSettings) {}

  get limit(): number {
    return this.settings.maxCartItems;
  }
}

@Module({ imports: [SettingsModule.forRoot(ShopSettings)], providers: [Cart] })
class ShopModule {}

const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
export const cartLimit = app.get(Cart).limit;
await app.close();
