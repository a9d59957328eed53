import { expect, test } from '@jest/globals';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { createManager, Manager } from './manager.js';

class ArticleManager extends Manager<Article> {
  published() {
    return this.filter({ isPublished: true });
  }

  async announce(title: string): Promise<Article> {
    return this.create({ title: `${title}!`, isPublished: true });
  }
}

@Model({ tableName: 'managed_articles' })
class Article extends BaseModel {
  static readonly managerClass = ArticleManager;
  declare static readonly objects: ArticleManager;

  @Field.string() title!: string;
  @Field.boolean({ default: false }) isPublished!: boolean;
}

describeEachDatabase([Article], (under) => {
  test('a model has managers of the class that it names, on the class and for an application', () =>
    under.run(async () => {
      await Article.objects.create({ title: 'Draft' });
      await Article.objects.announce('News');
      const [news] = await Article.objects.published().all();
      expect(news?.title).toBe('News!');
      const own = createManager(Article, under.database) as ArticleManager;
      expect(await own.published().count()).toBe(1);
    }));

  test('a query that is derived from a manager is no manager', () => {
    expect(Article.objects.published()).not.toBeInstanceOf(ArticleManager);
  });
});
