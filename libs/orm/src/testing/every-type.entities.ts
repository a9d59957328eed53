import { defineEntity, p } from '@mikro-orm/core';

/** An entity with a column of every type, for suites that compare schemas. */
const Author = defineEntity({
  name: 'Author',
  tableName: 'authors',
  properties: {
    id: p.integer().primary(),
    email: p.string().length(254).unique(),
    isActive: p.boolean().default(true),
    bestFriend: () => p.manyToOne(Author).nullable().deleteRule('set null'),
  },
});

const Label = defineEntity({
  name: 'Label',
  tableName: 'labels',
  properties: { id: p.uuid().primary(), name: p.string().length(50).index() },
});

const Article = defineEntity({
  name: 'Article',
  tableName: 'articles',
  uniques: [{ properties: ['author', 'title'] }],
  properties: {
    id: p.bigint('string').primary(),
    title: p.string().length(200),
    slug: p.string().default('none'),
    body: p.text(),
    views: p.integer().default(0),
    small: p.smallint().nullable(),
    total: p.bigint('string').nullable(),
    rating: p.double().default(1.5),
    weight: p.float().nullable(),
    price: p.decimal('string').precision(12).scale(2),
    isPublished: p.boolean().default(false),
    createdAt: p.datetime().length(3),
    day: p.date().nullable(),
    hour: p.time().nullable(),
    payload: p.json().nullable(),
    token: p.uuid().nullable(),
    picture: p.blob().nullable(),
    status: p.enum(['draft', "it's out"]).default('draft'),
    version: p.integer().version(),
    author: () => p.manyToOne(Author).deleteRule('cascade'),
    labels: () => p.manyToMany(Label),
  },
});

export const EVERY_TYPE = [Author, Label, Article];
