import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CoreSettings } from '@core-framework/config';
import { Logger } from '@nestjs/common';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { BLOG_MODELS, Post, Tag, User } from '../testing/blog.models.js';
import { scratchDatabases } from '../testing/scratch-database.js';

/** MySQL quotes names in its own way. */
const unquoted = (statement = '') => statement.replaceAll('`', '"');

/** By the log that `DB_ECHO` asks for: what the database was really sent. */
describe.each(await scratchDatabases('orm_sent'))(
  'the statements that instances send to %s',
  (_kind, { drop, url }) => {
    let database: Database;
    let sent: string[] = [];
    beforeAll(async () => {
      const log = (message: unknown) => void sent.push(String(message));
      Logger.overrideLogger({ log, warn: log, error: log });
      const settings = Object.assign(new CoreSettings(), { dbEcho: true });
      database = await openDatabase(BLOG_MODELS, resolveCoreOrmOptions({ url, schema: 'update' }), settings);
    });
    beforeEach(() => {
      sent = [];
    });
    afterAll(async () => {
      await database.close();
      await drop();
      Logger.overrideLogger(false);
    });

    test('a change of one column sends that column, and no change sends nothing', () =>
      runInContext(
        async () => {
          const author = await User.objects.create({ email: 'a@example.com' });
          const post = await Post.objects.create({ title: 'x', author });
          sent = [];
          post.viewsCount = 3;
          await post.save();
          expect(sent).toHaveLength(1);
          const [, columns] = /^update "posts" set (.*) where/.exec(unquoted(sent[0])) ?? [];
          expect(columns?.match(/"\w+" =/g)).toEqual(['"views_count" =', '"updated_at" =', '"version" =']);
          sent = [];
          await post.save();
          await author.save();
          expect(sent).toEqual([]);
          const tag = await Tag.objects.create({ name: 'x' });
          sent = [];
          await tag.refresh('name');
          expect(sent.map(unquoted)).toEqual([
            expect.stringMatching(/^select \S*"id"[^,]*, \S*"name"[^,]* from "tags"/),
          ]);
        },
        { database },
      ));
  },
);
