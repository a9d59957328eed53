import { CoreOrmModule } from '@core-framework/orm';
import { AuthModule, MailSender } from '@core-framework/auth';
import { MessagingModule } from '@core-framework/messaging';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { TasksModule } from '@core-framework/tasks';
import { ViewSetModule } from '@core-framework/viewset';
import { afterEach, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import {
  Article,
  ArticleFactory,
  ArticlesModule,
  publish,
  query,
  WriterFactory,
} from '../docs/examples/from-django.js';
import {
  Customer,
  CustomerFactory,
  eloquent,
  Order,
  OrderFactory,
  OrderRepository,
  OrderTasks,
  OrderViewSet,
  SendReceipts,
} from '../docs/examples/from-laravel.js';
import { CatsModule, User } from '../docs/examples/from-nest.js';

const BASE = [CoreOrmModule.forRoot({ schema: 'update' }), ViewSetModule.forRoot(), TasksModule.forRoot()];

let app: TestApp;
afterEach(() => app.close());

test('what Django’s users are shown works', async () => {
  @Module({ imports: [...BASE, ArticlesModule] })
  class AppModule {}
  app = await createTestApp(AppModule);
  const [writer, told] = await app.work(async () => {
    const ann = await WriterFactory.create({ name: 'Ann' });
    const articles = await ArticleFactory.createMany(6, { author: ann.id });
    const titles: string[] = [];
    await publish(articles[0]!.id, (title) => titles.push(title));
    const found = await query(articles[0]!.id);
    expect(found).toMatchObject({ either: 0, isNew: true, page: [{ views: 1 }], busy: [{ written: 6 }] });
    return [ann, titles.length];
  });
  expect(told).toBe(1);

  const ann = app.client.as({ id: writer.id });
  const made = await ann.post('/api/v1/articles', { title: 'Hello world', body: 'Text', topics: [] });
  expect([made.status, made.json()]).toMatchObject([201, { slug: 'hello-world', author: writer.id }]);
  expect((await ann.post('/api/v1/articles', { title: 'LOUD', topics: [] })).status).toBe(400);
  expect((await app.client.get('/api/v1/articles/hello-world')).status).toBe(404);
  expect((await ann.post('/api/v1/articles/hello-world/publish')).status).toBe(200);
  expect((await ann.post('/api/v1/articles/hello-world/publish')).status).toBe(409);
  expect((await app.client.get('/api/v1/articles', { query: { views__gte: '1' } })).json().results).toHaveLength(1);
  expect((await ann.delete('/api/v1/articles/hello-world')).status).toBe(403);
  const editor = app.client.as({ id: 9, groups: ['editors'] });
  expect((await editor.delete('/api/v1/articles/hello-world')).status).toBe(204);
  expect(await app.work(() => Article.objects.count())).toBe(6);
});

test('what Laravel’s users are shown works', async () => {
  const sent: string[] = [];
  const mails: MailSender = { send: async ({ to }) => void sent.push(to) };
  @Module({
    imports: [
      ...BASE,
      MessagingModule.forRoot(),
      CoreOrmModule.forFeature([Customer, Order]),
      ViewSetModule.forFeature([OrderViewSet]),
      MessagingModule.forFeature([SendReceipts]),
    ],
    providers: [OrderTasks, OrderRepository, { provide: MailSender, useValue: mails }],
  })
  class AppModule {}
  app = await createTestApp(AppModule, { env: { TASK_BACKEND: 'sync' } });
  const customer = await app.work(async () => {
    const order = await OrderFactory.create({ total: '200.00', customer: await CustomerFactory.create() });
    const seen = await eloquent(order.id, 'new@example.com');
    expect(seen).toMatchObject({ open: [{ id: order.id }], some: true, trashed: 1 });
    return CustomerFactory.create({ email: 'ann@example.com' });
  });
  const ann = app.client.as({ id: customer.id });
  const placed = await ann.post('/api/v1/orders', { number: 'A-77', total: '12.50' });
  expect([placed.status, placed.json()]).toMatchObject([201, { number: 'A-77', paid: false }]);
  expect((await ann.post('/api/v1/orders', { number: 'X-1', total: '1' })).status).toBe(400);
  while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent).toEqual(['ann@example.com']);
  expect((await app.client.as({ id: 99 }).get(`/api/v1/orders/${placed.json().id}`)).status).toBe(404);
});

test('what Nest’s users are shown works', async () => {
  @Module({ imports: [...BASE, AuthModule.forRoot({ userModel: User }), CatsModule] })
  class AppModule {}
  app = await createTestApp(AppModule);
  const ann = app.client.as({ id: 1 });
  expect((await ann.post('/api/v1/cats', { name: 'Kit', age: 0 })).status).toBe(201);
  expect((await app.client.get('/api/v1/cats', { query: { age: '0' } })).json().count).toBe(1);
  expect((await app.client.get('/api/v1/kittens')).status).toBe(401);
  expect((await ann.get('/api/v1/kittens')).json()).toEqual({ asked: 1, kittens: 1 });
});
