import { describe, expect, test } from '@jest/globals';
import { generate, virtualWorkspace } from '../testing/virtual-workspace.js';

const POST = { name: 'Post', type: 'title:string:max:200 author:belongsTo:User' };

/** All files with their text, to compare two states of a workspace. */
const textsOf = ({ files, readContent }: { files: string[]; readContent(path: string): string }, tree: object) =>
  Object.fromEntries(files.map((path) => [path, readContent.call(tree, path)]));

describe('core-resource', () => {
  test('makes all parts, registers them and has a migration made', async () => {
    const before = virtualWorkspace().files;
    const { tree, tasks } = await generate('core-resource', POST);
    expect(tree.files.filter((path) => !before.includes(path)).toSorted()).toEqual([
      '/src/posts/post.factory.ts',
      '/src/posts/post.model.ts',
      '/src/posts/post.repository.ts',
      '/src/posts/post.schemas.ts',
      '/src/posts/post.seeder.ts',
      '/src/posts/post.service.ts',
      '/src/posts/post.viewset.ts',
      '/src/posts/posts.module.ts',
      '/src/users/user.factory.ts',
      '/test/posts.e2e-spec.ts',
    ]);
    expect(tree.readContent('/src/app.module.ts')).toContain("import { PostsModule } from './posts/posts.module.js';");
    expect(tree.readContent('/src/app.module.ts')).toContain('    UsersModule,\n    PostsModule,\n');
    expect(tasks).toEqual(['core-migration']);
  });

  test('gives a relation both its sides', async () => {
    const { tree } = await generate('core-resource', POST);
    expect(tree.readContent('/src/posts/post.model.ts')).toContain('@Field.foreignKey(() => User) author!: Ref<User>;');
    const user = tree.readContent('/src/users/user.model.ts');
    expect(user).toContain('@Field.oneToMany(() => Post, (post) => post.author) posts!: Collection<Post>;');
    expect(user).toContain(
      "import { BaseModel, type Collection, Field, type Manager, Model } from '@core-framework/orm';",
    );
    expect(user).toContain("import { Post } from '../posts/post.model.js';");
  });

  test('changes nothing when it is run again', async () => {
    const { tree } = await generate('core-resource', POST);
    const before = textsOf(tree, tree);
    const again = await generate('core-resource', POST, tree);
    expect(textsOf(again.tree, again.tree)).toEqual(before);
    expect(again.tasks).toEqual([]);
    expect(again.said).toContain('IDENTICAL src/posts/post.viewset.ts');
  });

  test('keeps what was edited, and says so, until it is forced', async () => {
    const { tree } = await generate('core-resource', POST);
    const path = '/src/posts/post.viewset.ts';
    const edited = tree.readContent(path).replace("search: ['title'],", "search: ['=title'],");
    tree.overwrite(path, edited);
    const again = await generate('core-resource', POST, tree);
    expect(again.tree.readContent(path)).toBe(edited);
    expect(again.said.join()).toContain('KEPT src/posts/post.viewset.ts');
    const forced = await generate('core-resource', { ...POST, force: true }, tree);
    expect(forced.tree.readContent(path)).toContain("search: ['title'],");
  });

  test('adds new fields to the model and to files that nobody edited', async () => {
    const { tree } = await generate('core-resource', POST);
    const model = '/src/posts/post.model.ts';
    tree.overwrite(model, tree.readContent(model).replace('title!: string;', 'title!: string; // shown in lists'));
    const factory = '/src/posts/post.factory.ts';
    tree.overwrite(factory, tree.readContent(factory).replace('faker.lorem.words(3)', "'Untitled'"));
    const more = await generate('core-resource', { name: 'Post', type: 'state:enum(draft|live):default:draft' }, tree);
    const text = more.tree.readContent(model);
    expect(text).toContain('// shown in lists');
    expect(text).toContain("export const POST_STATE_VALUES = ['draft', 'live'] as const;");
    expect(text).toContain("state: PostState = 'draft';");
    expect(more.tree.readContent('/src/posts/post.viewset.ts')).toContain("'state'");
    expect(more.tree.readContent(factory)).toContain("'Untitled'");
    expect(more.said.join()).toContain('KEPT src/posts/post.factory.ts');
    expect(more.tasks).toEqual(['core-migration']);
  });

  test('does not register again what was moved or taken out', async () => {
    const { tree } = await generate('core-resource', POST);
    const module = '/src/posts/posts.module.ts';
    tree.overwrite(module, tree.readContent(module).replace(', PostSeeder]', ']'));
    const app = tree.readContent('/src/app.module.ts');
    tree.overwrite(
      '/src/app.module.ts',
      app.replace('    PostsModule,\n', '').replace(/import \{ PostsModule.*\n/, ''),
    );
    const users = '/src/users/users.module.ts';
    tree.overwrite(
      users,
      `import { PostsModule } from '../posts/posts.module.js';\n${tree.readContent(users).replace('[User])', '[User]), PostsModule')}`,
    );
    const again = await generate('core-resource', POST, tree);
    expect(again.tree.readContent(module)).not.toContain('PostService, PostSeeder');
    expect(again.tree.readContent('/src/app.module.ts')).not.toContain('PostsModule');
  });

  test.each([
    [{}, 'permissions: [IsAuthenticated],'],
    [{ public: true }, 'permissions: [IsAuthenticatedOrReadOnly],'],
    [{ protected: true }, 'permissions: [ModelPermissions],'],
    [{ protected: true, public: true }, 'permissionsByAction: { list: [AllowAny], retrieve: [AllowAny] },'],
    [{ owner: 'author' }, "permissionsByAction: { update: [IsOwner('author')], destroy: [IsOwner('author')] },"],
    [{ owner: 'author', protected: true }, "update: [ModelPermissions, IsOwner('author')]"],
    [{ only: ['list', 'retrieve'] }, "actions: ['list', 'retrieve'],"],
    [{ only: ['list', 'patch'], owner: 'author' }, "permissionsByAction: { partialUpdate: [IsOwner('author')] },"],
    [{ readOnly: true }, 'extends ReadOnlyModelViewSet<Post> {}'],
    [{ lookup: 'slug' }, "lookupField: 'slug',"],
  ])('names its permissions and actions: %j', async (options, text) => {
    const { tree } = await generate('core-resource', { ...POST, ...options });
    expect(tree.readContent('/src/posts/post.viewset.ts').replaceAll(/\s+/g, ' ')).toContain(text);
  });

  test('takes the owner from the caller, never from the body', async () => {
    const { tree } = await generate('core-resource', { name: 'Note', type: 'body:text', owner: 'author' });
    expect(tree.readContent('/src/notes/note.schemas.ts')).toContain("InputSchema(Note, { omit: ['author'] })");
    expect(tree.readContent('/src/notes/note.viewset.ts')).toContain('author: context.principal.id');
    expect(tree.readContent('/src/notes/note.model.ts')).toContain("{ onDelete: 'cascade' }) author!: Ref<User>;");
  });

  test.each([
    [{ name: 'Post', type: 'author:belongsTo:Usr' }, 'Did you mean "User"?'],
    [{ name: 'Post', type: 'title', only: ['lst'] }, 'Did you mean "list"?'],
    [{ name: 'Post', type: 'title', readOnly: true, only: ['create'] }, 'A read-only resource has no create.'],
    [{ name: 'Post', type: 'title', lookup: 'title' }, 'Add the rule unique to title.'],
    [{ name: 'Post', type: 'title', owner: 'title' }, 'title:belongsTo:User'],
    [{ name: 'Post', type: 'title', project: 'shop' }, 'no project "shop"'],
    [{ name: 'Post', type: 'title', path: '../..' }, 'outside of the project'],
    [{ name: 'Part', type: 'whole:belongsTo:Part' }, 'Add nullable'],
    [{ name: 'Object' }, 'a name that JavaScript uses itself'],
    [{ name: 'Model' }, 'a name that the framework uses itself'],
    [{ name: '3d' }, 'cannot be the name of a class'],
  ])('writes nothing when something is wrong: %j', async (options, message) => {
    const tree = virtualWorkspace();
    const before = tree.files;
    await expect(generate('core-resource', options, tree)).rejects.toThrow(message);
    expect(tree.files).toEqual(before);
  });

  test('finds its way in modules of every shape', async () => {
    const app = (text: string) => ({ 'src/app.module.ts': text, 'src/users/users.module.ts': undefined });
    const decorated = (inside: string, before = '') =>
      `import { Module } from '@nestjs/common';\nimport { CoreOrmModule } from '@core-framework/orm';\n${before}\n@Module(${inside})\nexport class AppModule {}\n`;
    const imported = async (text: string) => {
      const { tree } = await generate('core-resource', { name: 'Tag' }, virtualWorkspace(app(text)));
      return tree.readContent('/src/app.module.ts');
    };
    expect(await imported(decorated(''))).toContain('@Module({ imports: [TagsModule] })');
    expect(await imported(decorated('{ providers: [] }'))).toContain('providers: [], imports: [TagsModule]');
    expect(await imported(decorated('{ imports: [...SHARED] }', 'const SHARED = [];\n'))).toContain(
      '[...SHARED, TagsModule]',
    );
    expect(await imported(decorated('{ imports: SHARED }', 'const SHARED = [CoreOrmModule.forRoot()];\n'))).toContain(
      'const SHARED = [CoreOrmModule.forRoot(), TagsModule];',
    );
    expect(await imported(decorated('{ imports }', "import { imports } from './imports.js';\n"))).toContain(
      'imports: [...imports, TagsModule]',
    );
    const packagesFirst = (await imported(decorated('{ imports: [] }'))).split('\n');
    expect(packagesFirst[2]).toBe("import { TagsModule } from './tags/tags.module.js';");
    const commented = decorated('{\n\timports: [\n\t\t// the database, first\n\t\tCoreOrmModule.forRoot(),\n\t],\n}');
    expect(await imported(commented.replaceAll('\n', '\r\n'))).toContain('CoreOrmModule.forRoot(),\r\n\t\tTagsModule');
  });

  test('writes where the project says, in its style', async () => {
    const files = {
      'nest-cli.json': JSON.stringify({
        monorepo: true,
        sourceRoot: 'apps/shop/src',
        projects: { stock: { root: 'libs/stock', sourceRoot: 'libs/stock/src' } },
      }),
      'package.json': JSON.stringify({ type: 'module', devDependencies: { vitest: '5.0.0' } }),
    };
    const { tree } = await generate('core-resource', { name: 'store/item', project: 'stock' }, virtualWorkspace(files));
    expect(tree.exists('/libs/stock/src/store/items/item.model.ts')).toBe(true);
    const own = await generate(
      'core-resource',
      { name: 'Tag' },
      virtualWorkspace({ 'package.json': files['package.json'] }),
    );
    expect(own.tree.readContent('/test/tags.e2e-spec.ts')).toContain("from 'vitest'");
  });

  test('a model that declares no field of its own gets the other side of a relation with all that it imports', async () => {
    const files = {
      'src/users/user.model.ts': `import { AbstractUser } from '@core-framework/auth';
import { Model } from '@core-framework/orm';

@Model({ tableName: 'users' })
export class User extends AbstractUser {}
`,
    };
    const { tree } = await generate('core-resource', POST, virtualWorkspace(files));
    const user = tree.readContent('/src/users/user.model.ts');
    expect(user).toContain("import { type Collection, Field, Model } from '@core-framework/orm';");
    expect(user).toContain("import { Post } from '../posts/post.model.js';");
    expect(user).toContain('@Field.oneToMany(');
  });

  test('takes what nobody says from the ViewSet that is there', async () => {
    const options = {
      ...POST,
      owner: 'author',
      protected: true,
      public: true,
      lookup: 'slug',
      only: ['list', 'create'],
    };
    const { tree } = await generate('core-resource', options);
    const test = tree.readContent('/test/posts.e2e-spec.ts');
    tree.delete('/test/posts.e2e-spec.ts');
    const again = await generate('core-test', { name: 'Post' }, tree);
    expect(again.tree.readContent('/test/posts.e2e-spec.ts')).toBe(test);
    const { said } = await generate('core-resource', POST, tree);
    expect(said).toContain('IDENTICAL src/posts/post.viewset.ts');
  });

  test('makes no test for a ViewSet with rules of its own', async () => {
    const { tree } = await generate('core-resource', POST);
    tree.delete('/test/posts.e2e-spec.ts');
    const path = '/src/posts/post.viewset.ts';
    tree.overwrite(path, tree.readContent(path).replace('[IsAuthenticated]', '[IsAuthenticated, IsVerified]'));
    const { said } = await generate('core-resource', POST, tree);
    expect(said.join()).toContain('PostViewSet has rules of its own');
    expect(tree.exists('/test/posts.e2e-spec.ts')).toBe(false);
    await expect(generate('core-test', { name: 'Post' }, tree)).rejects.toThrow('rules of its own');
  });

  test('says so where nobody can sign in', async () => {
    const without = await generate('core-resource', { name: 'Tag' });
    expect(without.said.join()).toContain('Nobody can sign in yet, so tags answer 401');
    const files = { 'src/auth.ts': "import { AuthModule } from '@core-framework/auth';\n" };
    const having = await generate('core-resource', { name: 'Tag' }, virtualWorkspace(files));
    expect(having.said.join()).not.toContain('Nobody can sign in');
  });
});
