import { describe, expect, test } from '@jest/globals';
import { CheckRegistry } from '@core-framework/common';
import { BaseModel, Field, Model } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { IsOwner } from '../permissions/parameterised.permissions.js';
import { AllowAny, IsAuthenticated } from '../permissions/standard.permissions.js';
import { Document } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';
import { ModelViewSet } from '../views/model.viewset.js';
import type { View } from '../views/view.js';

@ViewSet({ model: Document })
class SilentViewSet extends ModelViewSet<Document> {}

@ViewSet({ model: Document, permissions: [IsOwner('owner')] })
class LeakingViewSet extends ModelViewSet<Document> {}

@ViewSet({ path: 'narrowed', permissions: [IsOwner('owner')] })
class NarrowedViewSet extends LeakingViewSet {
  override scope() {
    return { owner: 1 };
  }
}

@ViewSet({ model: Document, permissions: [IsAuthenticated], permissionsByAction: { update: [IsOwner('owner')] } })
class HalfViewSet extends ModelViewSet<Document> {}

@ViewSet({ model: Document, permissions: [AllowAny], filter: ['name', 'id', 'reference', 'owner'] })
class SlowViewSet extends ModelViewSet<Document> {}

@Model()
class Picture extends BaseModel {
  @Field.image() image!: string;
}

@ViewSet({ model: Picture, permissions: [AllowAny] })
class PictureViewSet extends ModelViewSet<Picture> {}

@ViewSet({ path: 'empty', permissions: [AllowAny] })
class EmptyView extends ApiView {}

/** The codes and messages of what the checks find about one view. */
async function findingsOf(view: Type<View>, silencedChecks: string[] = []): Promise<string[][]> {
  const shop = await TestApp.start({ views: [view], models: [Document, Picture], module: { silencedChecks } });
  const findings = await shop.app.get(CheckRegistry).run();
  await shop.close();
  return findings.map(({ code, level, message }) => [code, level, message]);
}

describe('checks of views', () => {
  test.each([
    ['no permissions', SilentViewSet, 'VIEWSET_NO_PERMISSIONS'],
    ['an object permission that lists do not know of', LeakingViewSet, 'VIEWSET_OBJECT_PERMISSION_WITHOUT_SCOPE'],
    ['permissions for one way to change an object only', HalfViewSet, 'VIEWSET_HALF_GUARDED'],
  ])('warn of %s', async (_, view, code) => {
    expect(await findingsOf(view)).toEqual([[code, 'warning', expect.any(String)]]);
    expect(await findingsOf(view, [code])).toEqual([]);
  });

  test('warn of filters without an index, and of no others', async () => {
    const messages = (await findingsOf(SlowViewSet)).map(([code, , message]) => [
      code,
      /"(\w+)"/.exec(message ?? '')?.[1],
    ]);
    expect(messages).toEqual([
      ['VIEWSET_UNINDEXED_FILTER', 'name'],
      ['VIEWSET_UNINDEXED_FILTER', 'owner'],
    ]);
  });

  test('find nothing where the scope narrows the list', async () => {
    expect(await findingsOf(NarrowedViewSet)).toEqual([]);
  });

  test('warn of files that no form brings', async () => {
    expect(await findingsOf(PictureViewSet)).toEqual([['VIEWSET_FILES_WITHOUT_FORMS', 'warning', expect.any(String)]]);
  });

  test('refuse a view that answers nothing', async () => {
    const start = () => TestApp.start({ views: [EmptyView] });
    await expect(start()).rejects.toMatchObject({
      code: 'COMMON_FAILED_CHECKS',
      message: expect.stringContaining('EmptyView: It is registered but answers nothing.'),
      findings: [{ code: 'VIEWSET_NO_ROUTES', level: 'error' }],
    });
  });
});
