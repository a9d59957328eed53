import { describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import { Field, Model, PlainModel, type Ref } from '@core-framework/orm';
import { Param } from '@nestjs/common';
import { Action } from './decorators/action.decorator.js';
import { Instance } from './decorators/parameter.decorators.js';
import { ViewSet } from './decorators/viewset.decorator.js';
import { actionsOf, hasRouterParameters, ownViewSet } from './metadata/viewset.metadata.js';
import { or } from './permissions/permission-operators.js';
import { AllowAny } from './permissions/standard.permissions.js';
import { InputSchema } from './schemas/input-schema.js';
import { OutputSchema } from './schemas/output-schema.js';
import { Author, Book } from './testing/shop.models.js';
import { TestApp } from './testing/test-app.js';
import { ApiView } from './views/api.view.js';
import { ModelViewSet } from './views/model.viewset.js';
import { ViewSetModule } from './viewset.module.js';

/** Defines a class as an application would and gives the code of what is wrong with it. */
function codeOf(define: () => unknown): string | undefined {
  try {
    define();
    return undefined;
  } catch (error) {
    return error instanceof CoreError ? error.code : String(error);
  }
}

describe('options of another kind than theirs', () => {
  test.each<[unknown, string]>([
    [{ permissions: AllowAny }, '"permissions" is AllowAny.'],
    [{ permissionsByAction: { list: AllowAny } }, '"list" is AllowAny.'],
    [{ hideForbidden: 'no' }, `"hideForbidden" is 'no'.`],
    [{ trash: 1 }, '"trash" is 1.'],
    [{ tags: 'Books' }, `"tags" is 'Books'.`],
    [{ bulk: true }, '"bulk" is true.'],
    [{ bulk: { create: 'no' } }, `"create" is 'no'.`],
    [{ path: ['a'] }, '"path" is a list.'],
    [{ path: 'a/../b' }, '"a/../b" is no path.'],
    [{ pagination: true }, '"pagination" of @ViewSet of Wrong: it is true.'],
    [{ pagination: null }, '"pagination" of @ViewSet of Wrong: it is null.'],
    [{ throttle: null }, '"null" is no rate.'],
    [{ filter: { title: 'exact' } }, `"filter" of Wrong: "title" is 'exact'.`],
    [{ search: { mode: 'fulltext' } }, 'its "search" has 0 fields'],
    [{ search: { mode: 'fulltext', fields: ['title'], language: 'german' } }, 'has the option "language"'],
  ])('%j', async (options, problem) => {
    const start = async () => {
      @ViewSet<Book>({ model: Book, ...(options as object) })
      class Wrong extends ModelViewSet<Book> {}
      await (await TestApp.start({ views: [Wrong] })).close();
    };
    await expect(start()).rejects.toMatchObject({
      code: expect.stringMatching(/^VIEWSET_(?:INVALID|UNKNOWN)_OPTION$/),
      message: expect.stringContaining(problem),
    });
  });

  test.each<[unknown, string]>([
    [{ methods: [] }, 'its "methods" are none.'],
    [{ method: 'POST', methods: ['PUT'] }, 'it has both "method" and "methods".'],
    [{ params: { shelf: 'number' }, path: ':shelf' }, 'the kind of its parameter "shelf" is none.'],
    [{ errors: [999] }, '"errors" have 999'],
    [{ detail: 'no' }, `"detail" is 'no'.`],
    [true, 'it is true.'],
  ])('of an action: %j', (options, problem) => {
    const define = () => {
      @ViewSet({ path: 'shelves' })
      class Wrong extends ApiView {
        @Action(options as object)
        shelf() {}
      }
      return Wrong;
    };
    expect(define).toThrow(problem);
    expect(codeOf(define)).toBe('VIEWSET_INVALID_OPTION');
  });
});

async function codeAtStart(
  options: Parameters<typeof ViewSet<Book>>[0],
  base = ModelViewSet<Book>,
): Promise<string | undefined> {
  @ViewSet<Book>({ model: Book, ...options })
  class Wrong extends base {}
  try {
    const shop = await TestApp.start({ views: [Wrong] });
    await shop.close();
    return undefined;
  } catch (error) {
    return error instanceof CoreError ? error.code : String(error);
  }
}

test('a model of a package is compiled for each application with the model that extends its abstract relation there', async () => {
  abstract class AbstractOwner extends PlainModel {
    @Field.pk() id!: number;
  }
  @Model()
  class Note extends PlainModel {
    @Field.pk() id!: number;
    @Field.foreignKey(() => AbstractOwner) owner!: Ref<AbstractOwner>;
  }
  @Model()
  class Person extends AbstractOwner {}
  @Model()
  class Company extends AbstractOwner {}
  @ViewSet({ model: Note })
  class NoteViewSet extends ModelViewSet<Note> {}
  const people = await TestApp.start({ views: [NoteViewSet], models: [Person, Note] });
  try {
    const companies = await TestApp.start({ views: [NoteViewSet], models: [Company, Note] });
    await companies.close();
  } finally {
    await people.close();
  }
});

describe('mistakes that are told when the class is defined', () => {
  const define = (options: object) => () => {
    @ViewSet({ model: Book, ...options })
    class Wrong extends ModelViewSet<Book> {}
    return Wrong;
  };

  test('options that do not exist', () => {
    expect(codeOf(define({ permision: [] }))).toBe('VIEWSET_UNKNOWN_OPTION');
    expect(codeOf(() => Action({ verb: 'GET' } as object)(ModelViewSet.prototype, 'x', {}))).toBe(
      'VIEWSET_UNKNOWN_OPTION',
    );
    expect(codeOf(() => Action({ method: 'get' as 'GET' })(ModelViewSet.prototype, 'x', {}))).toBe(
      'VIEWSET_INVALID_OPTION',
    );
  });

  test('actions that do not exist', () => {
    expect(codeOf(define({ actions: ['list', 'liste'] }))).toBe('VIEWSET_UNKNOWN_ACTION');
    expect(codeOf(define({ permissionsByAction: { delete: [] } }))).toBe('VIEWSET_UNKNOWN_ACTION');
  });

  test('an action that is called like a standard one', () => {
    expect(
      codeOf(() => {
        class Wrong extends ModelViewSet<Book> {
          @Action({}) override async list() {
            return [];
          }
        }
        return Wrong;
      }),
    ).toBe('VIEWSET_RESERVED_ACTION_NAME');
  });

  test('two actions on one path and verb', () => {
    expect(
      codeOf(() => {
        @ViewSet({ model: Book })
        class Wrong extends ModelViewSet<Book> {
          @Action({ path: 'same' }) one() {}
          @Action({ path: '/same/' }) two() {}
        }
        return Wrong;
      }),
    ).toBe('VIEWSET_DUPLICATE_ROUTE');
  });

  test('an object asked for where there is none', () => {
    expect(
      codeOf(() => {
        @ViewSet({ model: Book })
        class Wrong extends ModelViewSet<Book> {
          @Action({ detail: false }) one(@Instance() _book: Book) {}
        }
        return Wrong;
      }),
    ).toBe('VIEWSET_INVALID_OPTION');
  });

  test.each([999, 100, 201.5, NaN])('an action that answers with the status %p', (status) => {
    expect(
      codeOf(() => {
        @ViewSet({ model: Book })
        class Wrong extends ModelViewSet<Book> {
          @Action({ status }) one() {}
        }
        return Wrong;
      }),
    ).toBe('VIEWSET_INVALID_OPTION');
  });

  test('no model, no path', () => {
    expect(
      codeOf(() => {
        @ViewSet({ path: 'x' })
        class Wrong extends ModelViewSet<Book> {}
        return Wrong;
      }),
    ).toBe('VIEWSET_MISSING_MODEL');
    expect(
      codeOf(() => {
        @ViewSet({})
        class Wrong extends ApiView {}
        return Wrong;
      }),
    ).toBe('VIEWSET_INVALID_OPTION');
  });
});

describe('mistakes that are told when the application starts', () => {
  test.each([
    [{ filter: ['nope' as 'title'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: ['secret' as const] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: [{ isPublished: ['icontains' as const] }] }, 'VIEWSET_UNSUPPORTED_LOOKUP'],
    [{ search: ['views' as const] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ ordering: ['tags' as const] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ lookupField: 'title' as const }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ uniqueFields: ['tags' as const] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ pagination: { pageSize: 50, maxPageSize: 10 } }, 'VIEWSET_INVALID_OPTION'],
    [{ input: InputSchema(Author) }, 'VIEWSET_INVALID_OPTION'],
    [{ responseFormat: 'xml' as 'bare' }, 'VIEWSET_INVALID_OPTION'],
    [{ output: OutputSchema(Author) }, 'VIEWSET_INVALID_OPTION'],
    [{ output: class {} }, 'VIEWSET_MISSING_MODEL'],
    [{ input: InputSchema(Book, { omit: ['nope' as 'title'] }) }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ output: OutputSchema(Book, { pick: ['secret'] }) }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ output: OutputSchema(Book, { nested: { title: OutputSchema(Author) } }) }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ output: OutputSchema(Book, { nested: { tags: OutputSchema(Author) } }) }, 'VIEWSET_MISSING_MODEL'],
  ])('%j', async (options, code) => {
    expect(await codeAtStart(options)).toBe(code);
  });

  test.each([undefined, class Other {}, or(AllowAny, undefined as never)])(
    'a permission that is none: %p',
    async (entry) => {
      expect(await codeAtStart({ permissions: [entry as unknown as typeof AllowAny] })).toBe('VIEWSET_INVALID_OPTION');
    },
  );

  test('a model whose rows have no key of one value', async () => {
    @Model({ primaryKey: ['author', 'year'] })
    class Award extends PlainModel {
      @Field.foreignKey(() => Author, { onDelete: 'cascade' }) author!: Ref<Author>;
      @Field.integer() year!: number;
    }
    @ViewSet({ model: Award })
    class AwardViewSet extends ModelViewSet<Award> {}
    const message = expect.stringMatching(/AwardViewSet: rows of Award .* made of author, year/);
    await expect(TestApp.start({ views: [AwardViewSet], models: [Author, Award] })).rejects.toMatchObject({
      code: 'VIEWSET_INVALID_OPTION',
      message,
    });
  });

  test('two views that answer one verb on one path, whatever their parameters are called', async () => {
    @ViewSet({ path: 'volumes', model: Book })
    class VolumeViewSet extends ModelViewSet<Book> {}
    @ViewSet({ path: '/volumes/:slug' })
    class VolumeView extends ApiView {
      patch() {}
    }
    await expect(TestApp.start({ views: [VolumeViewSet, VolumeView] })).rejects.toMatchObject({
      code: 'VIEWSET_DUPLICATE_ROUTE',
      message: 'PATCH /volumes/:slug is answered by VolumeViewSet#partialUpdate and by VolumeView#patch.',
    });
  });

  test('a view that two modules register', async () => {
    @ViewSet({ model: Book })
    class BookViewSet extends ModelViewSet<Book> {}
    await expect(
      TestApp.start({ views: [BookViewSet], imports: [ViewSetModule.forFeature([BookViewSet])] }),
    ).rejects.toMatchObject({
      code: 'VIEWSET_DUPLICATE_ROUTE',
      fix: 'Register it once.',
    });
  });

  test('a subclass that was registered without being decorated', async () => {
    @ViewSet({ model: Book })
    class Decorated extends ModelViewSet<Book> {}
    class Forgotten extends Decorated {}
    await expect(TestApp.start({ views: [Forgotten] })).rejects.toMatchObject({ code: 'VIEWSET_UNDECORATED' });
  });

  test('a parameter that waits for the router of Nest', async () => {
    @ViewSet({ model: Book })
    class Wrong extends ModelViewSet<Book> {
      @Action({}) one(@Param('id') _id: string) {}
    }
    expect(hasRouterParameters(Wrong, 'one')).toBe(true);
    await expect(TestApp.start({ views: [Wrong] })).rejects.toMatchObject({ code: 'VIEWSET_FOREIGN_PARAMETER' });
  });
});

describe('metadata', () => {
  test('of a subclass never reaches its parent or its siblings', () => {
    @ViewSet({ model: Book, permissionsByAction: { list: [] } })
    class Parent extends ModelViewSet<Book> {
      @Action({}) shared() {}
    }
    @ViewSet({ path: 'child', permissionsByAction: { retrieve: [] } })
    class Child extends Parent {
      @Action({}) own() {}
    }
    @ViewSet({ path: 'sibling' })
    class Sibling extends Parent {}
    expect([...actionsOf(Parent).keys()]).toEqual(['shared']);
    expect([...actionsOf(Child).keys()]).toEqual(['shared', 'own']);
    expect([...actionsOf(Sibling).keys()]).toEqual(['shared']);
    expect(ownViewSet(Parent)?.permissionsByAction).toEqual({ list: [] });
    expect(Reflect.getMetadata('path', Parent)).toBe('books');
    expect(Reflect.getMetadata('path', Child)).toBe('child');
  });
});
