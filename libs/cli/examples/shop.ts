import { AbstractUser, AuthModule, PermissionsMixin, type UserManager } from '@core-framework/auth';
import { Command, type CommandHandler, type CommandInput } from '@core-framework/cli';
import { SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, type DatabaseSeeder, Field, type Manager, Model, Seeder } from '@core-framework/orm';
import { IsAuthenticatedOrReadOnly, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

@Model()
export class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Model()
export class Product extends BaseModel {
  declare static readonly objects: Manager<Product>;
  @Field.string({ maxLength: 100, unique: true }) name!: string;
  @Field.integer({ default: 0, min: 0, index: true }) stock = 0;
}

@ViewSet({ model: Product, path: 'products', permissions: [IsAuthenticatedOrReadOnly], filter: ['stock'] })
export class ProductViewSet extends ModelViewSet<Product> {}

@Seeder()
export class ProductSeeder implements DatabaseSeeder {
  async run({ count = 3 }: { count?: number }): Promise<void> {
    for (let number = 1; number <= count; number++) {
      await Product.objects.updateOrCreate({ name: `Product ${number}` }, { stock: number });
    }
  }
}

/** `core stock:report Product --min 2` */
@Command({
  name: 'stock:report',
  summary: 'Print what is in stock',
  arguments: { '[name]': 'products whose name contains it' },
  options: { '--min <stock>': 'only with that many or more' },
})
export class StockReport implements CommandHandler {
  async run({ arguments: { name = '' }, options: { min = '0' }, terminal }: CommandInput): Promise<void> {
    const products = Product.objects.filter({ name__contains: String(name), stock__gte: Number(min) });
    for (const product of await products.orderBy('name').all()) terminal.print(`${product.name}: ${product.stock}`);
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ migrations: new URL('./migrations/', import.meta.url), schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    ViewSetModule.forFeature([ProductViewSet]),
  ],
  providers: [ProductSeeder, StockReport],
})
export class AppModule {}
