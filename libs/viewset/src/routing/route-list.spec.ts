import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { and, not, or } from '../permissions/permission-operators.js';
import { HasPermission, IsInGroup, IsOwner } from '../permissions/parameterised.permissions.js';
import { AllowAny, IsAuthenticated, IsStaff } from '../permissions/standard.permissions.js';
import { Book } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { RouteList } from './route-list.js';

@ViewSet({
  model: Book,
  path: 'books',
  actions: ['list', 'retrieve', 'destroy'],
  permissions: [IsAuthenticated, or(IsStaff, and(IsOwner('author'), not(IsInGroup('banned'))))],
  permissionsByAction: { list: [AllowAny], destroy: [HasPermission('books.delete')] },
})
class BookViewSet extends ModelViewSet<Book> {
  @Action({ method: 'POST', detail: true })
  lend() {
    return {};
  }
}

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ views: [BookViewSet] });
});

afterAll(() => app.close());

test('routes are listed with what answers and what guards them, in the words of the code', () => {
  const rule = ['IsAuthenticated', 'or(IsStaff, and(IsOwner(author), not(IsInGroup(banned))))'];
  expect(app.app.get(RouteList).all).toEqual([
    { verb: 'GET', path: '/books', handler: 'BookViewSet.list', permissions: ['AllowAny'], isOpen: true },
    { verb: 'GET', path: '/books/:id', handler: 'BookViewSet.retrieve', permissions: rule, isOpen: false },
    {
      verb: 'DELETE',
      path: '/books/:id',
      handler: 'BookViewSet.destroy',
      permissions: ['HasPermission(books.delete)'],
      isOpen: false,
    },
    { verb: 'POST', path: '/books/:id/lend', handler: 'BookViewSet.lend', permissions: rule, isOpen: false },
  ]);
});
