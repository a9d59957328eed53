import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IsString } from 'class-validator';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { Context, Input } from '../decorators/parameter.decorators.js';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { Author } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { PlainViewSet } from '../views/plain.viewset.js';

const SERVER = 1024 * 1024;
const limitOf = ({ request }: ActionContext) => ({ limit: request.routeOptions.bodyLimit });

class Text {
  @IsString() text!: string;
}

@ViewSet({ model: Author, path: 'authors', permissions: [AllowAny], bulk: { create: true }, bodyLimit: 2000 })
class AuthorViewSet extends ModelViewSet<Author> {
  @Action({ method: 'POST' })
  usual(@Context() context: ActionContext) {
    return limitOf(context);
  }

  @Action({ methods: ['POST', 'PUT'], bodyLimit: 100 })
  less(@Input() _input: Text, @Context() context: ActionContext) {
    return limitOf(context);
  }

  @Action({ method: 'POST', bodyLimit: 3 * SERVER })
  more(@Input() { text }: Text) {
    return { length: text.length };
  }
}

@ViewSet({ path: 'heirs' })
class HeirViewSet extends AuthorViewSet {}

@ViewSet({ path: 'spendthrifts', bodyLimit: 3000 })
class SpendthriftViewSet extends AuthorViewSet {}

@ViewSet({ path: 'plain', permissions: [AllowAny] })
class UnlimitedViewSet extends PlainViewSet {
  @Action({ method: 'POST' })
  usual(@Context() context: ActionContext) {
    return limitOf(context);
  }
}

@ViewSet({ path: 'echo', permissions: [AllowAny], bodyLimit: 2000 })
class EchoView extends ApiView {
  post(context: ActionContext) {
    return limitOf(context);
  }

  @Action({ bodyLimit: 50 })
  put(context: ActionContext) {
    return limitOf(context);
  }
}

describe('bodyLimit', () => {
  let app: TestApp;
  beforeAll(async () => {
    const views = [AuthorViewSet, HeirViewSet, SpendthriftViewSet, UnlimitedViewSet, EchoView];
    app = await TestApp.start({ views, models: [Author] });
  });
  afterAll(() => app.close());
  const text = (length: number) => ({ text: 'x'.repeat(length) });

  test.each([
    ['POST', '/authors/usual', 2000],
    ['POST', '/authors/less', 100],
    ['PUT', '/authors/less', 100],
    ['POST', '/heirs/usual', 2000],
    ['POST', '/heirs/less', 100],
    ['POST', '/spendthrifts/usual', 3000],
    ['POST', '/spendthrifts/less', 100],
    ['POST', '/plain/usual', SERVER],
    ['POST', '/echo', 2000],
    ['PUT', '/echo', 50],
  ] as const)(
    'of %s %s is %d: that of the action, else of the ViewSet, else of the server',
    async (verb, url, limit) => {
      const { body } = await app.call(verb, url, { body: text(1) });
      expect(body).toEqual({ limit });
    },
  );

  test.each([
    ['POST', '/authors', 2000],
    ['PUT', '/authors/1', 2000],
    ['PATCH', '/authors/1', 2000],
    ['POST', '/authors/bulk', 2000],
    ['POST', '/authors/less', 100],
    ['POST', '/authors/more', 3 * SERVER],
  ] as const)('of %s %s holds on a server that is not ours', async (verb, url, limit) => {
    expect((await app.call(verb, url, { body: text(limit) })).status).toBe(413);
    expect((await app.call(verb, url, { body: text(limit - 20) })).status).not.toBe(413);
  });

  test('may be more than that of the server', async () => {
    expect((await app.call('POST', '/authors/more', { body: text(2 * SERVER) })).body).toEqual({ length: 2 * SERVER });
    expect((await app.call('POST', '/plain/usual', { body: text(2 * SERVER) })).status).toBe(413);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1mb', null, true])('cannot be %p', (limit) => {
    const bodyLimit = limit as number;
    expect(() => ViewSet({ path: 'x', bodyLimit })(class Wrong extends PlainViewSet {})).toThrow(InvalidOptionError);
    expect(() => Action({ bodyLimit })(PlainViewSet.prototype, 'x', {})).toThrow(InvalidOptionError);
  });
});
