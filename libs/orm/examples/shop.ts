import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  atomic,
  BaseModel,
  type Collection,
  CoreOrmModule,
  Field,
  InjectManager,
  type Manager,
  Model,
  type Ref,
  runInContext,
} from '@core-framework/orm';

@Model()
class Shop extends BaseModel {
  declare static readonly objects: Manager<Shop>;

  @Field.string({ maxLength: 80 }) name!: string;
  @Field.slug({ from: 'name', unique: true }) slug!: string;
  @Field.oneToMany(() => Article, (article) => article.shop) articles!: Collection<Article>;
}

@Model()
class Article extends BaseModel {
  declare static readonly objects: Manager<Article>;

  @Field.string({ maxLength: 80 }) title!: string;
  @Field.money({ min: 0 }) price!: string;
  @Field.integer({ default: 0, min: 0 }) stock = 0;
  @Field.foreignKey(() => Shop, { onDelete: 'cascade' }) shop!: Ref<Shop>;
}

@Injectable()
class Catalogue {
  constructor(@InjectManager(Article) private readonly articles: Manager<Article>) {}

  /** A wrong name or a value of a wrong type would not compile. */
  cheap(shop: string) {
    return this.articles.filter({ shop__slug: shop, price__lt: '20.00' }).orderBy('-price').values('title', 'price');
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forFeature([Shop, Article]),
  ],
  providers: [Catalogue],
})
class ShopModule {}

const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
// Requests have a unit of work of their own; everything else enters one by runInContext.
export const cheapArticles = await runInContext(async () => {
  await atomic(async () => {
    const shop = await Shop.objects.create({ name: 'Fern & Moss' });
    await Article.objects.bulkCreate([
      { title: 'Fern', price: '12.50', shop },
      { title: 'Moss', price: '4.00', shop },
      { title: 'Tree', price: '99.00', shop },
    ]);
  });
  const fern = await Article.objects.get({ title: 'Fern' });
  fern.price = '14.00';
  await fern.save();
  return app.get(Catalogue).cheap('fern-moss');
});
await app.close();
