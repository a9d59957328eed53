import { describe, expect, test } from '@jest/globals';
import { generate, virtualWorkspace } from './testing/virtual-workspace.js';

const textOf = async (schematic: string, options: object, path: string) =>
  (await generate(schematic, options)).tree.readContent(path);

describe('generators of single classes', () => {
  test('core-enum', async () => {
    expect(
      await textOf(
        'core-enum',
        { name: 'Status', values: ['active', 'on-hold', 'First=1st'] },
        '/src/enums/status.enum.ts',
      ),
    ).toBe(`/** The values of status. */
export enum Status {
  Active = 'active',
  OnHold = 'on-hold',
  First = '1st',
}
`);
    await expect(generate('core-enum', { name: 'Status' })).rejects.toThrow('An enum needs values.');
    await expect(generate('core-enum', { name: 'Status', type: 'a a' })).rejects.toThrow('is there twice');
    await expect(generate('core-enum', { name: 'Status', type: '1st' })).rejects.toThrow('First=1st');
  });

  test('core-exception', async () => {
    const path = '/src/exceptions/payment-failed.exception.ts';
    const text = await textOf('core-exception', { name: 'payment-failed', status: 402 }, path);
    expect(text).toContain('export class PaymentFailedException extends ApiException');
    expect(text).toContain("super(402, detail, { code: 'payment_failed' });");
    expect(await textOf('core-exception', { name: 'PaymentFailedException' }, path)).toContain('super(400, ');
    expect(await textOf('core-exception', { name: 'PaymentFailed', type: 402 }, path)).toContain('super(402, ');
    await expect(generate('core-exception', { name: 'Fine', status: 200 })).rejects.toThrow('from 400 to 599');
  });

  test('core-permission', async () => {
    const text = await textOf('core-permission', { name: 'IsVerified' }, '/src/permissions/is-verified.permission.ts');
    expect(text).toContain('export class IsVerified extends Permission');
  });

  test('core-task registers what it makes, and says what is missing', async () => {
    const { tree, said } = await generate('core-task', { name: 'SendEmail', queue: 'emails', retry: 5 });
    const text = tree.readContent('/src/tasks/send-email.task.ts');
    expect(text).toContain("@Task({ queue: 'emails', retry: 5, retryDelay: '60s', timeout: '5m' })");
    expect(text).toContain('async sendEmail(id: number, context?: TaskContext)');
    expect(tree.readContent('/src/app.module.ts')).toContain('providers: [SendEmailTask],');
    expect(said.join()).toContain('TasksModule.forRoot()');
    await expect(generate('core-task', { name: 'X', retry: -1 })).rejects.toThrow('whole number');
  });

  test('core-consumer', async () => {
    const options = {
      name: 'Order',
      group: 'order-service',
      topics: ['user-events'],
      events: ['user.created', 'user.*'],
    };
    const { tree } = await generate('core-consumer', options);
    const text = tree.readContent('/src/consumers/order.consumer.ts');
    expect(text).toContain("@Consumer('order-service', { topics: ['user-events'], retry: 3 })");
    expect(text).toContain("@OnEvent('user.*')\n  async onUserAny({ id, name }: CoreEvent)");
    expect(tree.readContent('/src/app.module.ts')).toContain('MessagingModule.forFeature([OrderConsumer]),');
    await expect(generate('core-consumer', { name: 'Order', topics: ['a b/c'] })).rejects.toThrow(
      'the name of a topic',
    );
  });

  test('core-event', async () => {
    const options = {
      name: 'UserCreated',
      fields: ['id:integer', 'email:email', 'plan:enum(free|pro):nullable', 'name:string:max:9'],
    };
    const text = await textOf('core-event', options, '/src/events/user-created.event.ts');
    expect(text).toContain("export const USER_CREATED = 'user.created';");
    expect(text).toContain('@IsInt() id!: number;');
    expect(text).toContain("@IsOptional() @IsIn(['free', 'pro']) plan?: 'free' | 'pro' | null;");
    expect(text).toContain('@IsString() @MaxLength(9) name!: string;');
    expect(text).toContain("import { IsEmail, IsIn, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';");
  });

  test('core-middleware is applied to all routes, the second one too, and only once', async () => {
    const first = await generate('core-middleware', { name: 'Logging' });
    const second = await generate('core-middleware', { name: 'Timing' }, first.tree);
    const { tree } = await generate('core-middleware', { name: 'Timing' }, second.tree);
    const app = tree.readContent('/src/app.module.ts');
    expect(app).toContain('export class AppModule implements NestModule {');
    expect(app.match(/consumer\.apply\(\w+\)/g)).toEqual([
      'consumer.apply(LoggingMiddleware)',
      'consumer.apply(TimingMiddleware)',
    ]);
    expect(app).toContain("import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';");
  });
});

describe('generators of parts of a model', () => {
  test('need a model', async () => {
    await expect(generate('core-viewset', { name: 'Usr' })).rejects.toThrow('Did you mean "User"?');
  });

  test('read the fields of the model and add to its module what they made', async () => {
    let { tree } = await generate('core-viewset', { name: 'User', public: true });
    expect(tree.readContent('/src/users/user.viewset.ts')).toContain("uniqueFields: ['email'],");
    ({ tree } = await generate('core-service', { name: 'User' }, tree));
    ({ tree } = await generate('core-seeder', { name: 'User' }, tree));
    ({ tree } = await generate('core-test', { name: 'User' }, tree));
    const module = tree.readContent('/src/users/users.module.ts');
    expect(module).toContain('imports: [CoreOrmModule.forFeature([User]), ViewSetModule.forFeature([UserViewSet])],');
    expect(module).toContain('providers: [UserRepository, UserService, UserSeeder],');
    expect(module).toContain('exports: [UserRepository, UserService],');
    expect(tree.readContent('/src/users/user.factory.ts')).toContain('email: `user${sequence}@example.com`,');
    expect(tree.readContent('/test/users.e2e-spec.ts')).toContain("test('never share their email'");
  });

  test('core-model makes a module that knows it, and a migration', async () => {
    const { tree, tasks } = await generate('core-model', { name: 'Tag', fields: ['name:string:unique'] });
    expect(tree.readContent('/src/tags/tags.module.ts')).toContain(
      '@Module({\n  imports: [CoreOrmModule.forFeature([Tag])],\n})',
    );
    expect(tree.readContent('/src/app.module.ts')).toContain('TagsModule,');
    expect(tasks).toEqual(['core-migration']);
    expect((await generate('core-model', { name: 'Note', migration: false })).tasks).toEqual([]);
  });

  test('a factory that stands elsewhere is used', async () => {
    const files = {
      'src/factories.ts':
        "import { defineFactory } from '@core-framework/orm';\nexport const UserFactory = defineFactory(User, () => ({}));\n",
    };
    const { tree } = await generate(
      'core-resource',
      { name: 'Post', type: 'author:belongsTo:User' },
      virtualWorkspace(files),
    );
    expect(tree.exists('/src/users/user.factory.ts')).toBe(false);
    expect(tree.readContent('/src/posts/post.factory.ts')).toContain("import { UserFactory } from '../factories.js';");
  });
});

describe('generators of applications', () => {
  const STOCK = {
    'src/main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
await bootstrap();
`,
    'src/app.module.ts': `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`,
    'tsconfig.json': '{\n  // as Nest makes it\n  "compilerOptions": { "module": "nodenext" }\n}\n',
    'src/users/users.module.ts': undefined,
    'src/users/user.model.ts': undefined,
  };

  test('nest-add sets up a new Nest project, and finds nothing to do the second time', async () => {
    const { tree } = await generate('nest-add', { skipInstall: true }, virtualWorkspace(STOCK));
    expect(tree.readContent('/src/main.ts')).toContain('await CoreFactory.run(');
    const app = tree.readContent('/src/app.module.ts');
    expect(app).toContain('SettingsModule.forRoot(),');
    expect(app).toContain("schema: 'migrate' }),");
    expect(app).toContain('ViewSetModule.forRoot(),');
    expect(tree.readContent('/tsconfig.json')).toContain('// as Nest makes it');
    expect(tree.readContent('/tsconfig.json')).toContain('"useDefineForClassFields": false');
    const manifest = JSON.parse(tree.readContent('/package.json')) as Record<string, Record<string, string>>;
    expect(manifest.dependencies).toHaveProperty(['@core-framework/orm']);
    expect(manifest.devDependencies).toHaveProperty(['@core-framework/testing']);
    expect(JSON.parse(tree.readContent('/nest-cli.json'))).toMatchObject({ collection: '@core-framework/schematics' });
    const before = tree.files.map((path) => tree.readContent(path));
    const again = await generate('nest-add', { skipInstall: true }, tree);
    expect(again.tree.files.map((path) => again.tree.readContent(path))).toEqual(before);
  });

  test('nest-add brings accounts where they are asked for', async () => {
    const { tree } = await generate('nest-add', { auth: true, skipInstall: true }, virtualWorkspace(STOCK));
    expect(tree.readContent('/src/users/user.model.ts')).toContain('class User extends PermissionsMixin(AbstractUser)');
    const app = tree.readContent('/src/app.module.ts');
    expect(app).toContain('AuthModule.forRoot({ userModel: User, usersViewSet: true }),');
    expect(app).toContain('    UsersModule,\n');
    const before = tree.files.map((path) => tree.readContent(path));
    const again = await generate('nest-add', { auth: true, skipInstall: true }, tree);
    expect(again.tree.files.map((path) => again.tree.readContent(path))).toEqual(before);
    expect((await generate('nest-add', { auth: true }, virtualWorkspace(STOCK))).tasks).toContain('core-migration');
  });

  test('nest-add knows how Nest starts on Fastify', async () => {
    const main = `import { NestFactory } from '@nestjs/core';
import {
  FastifyAdapter,
  NestFastifyApplication,
} from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    new FastifyAdapter()
  );
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
    const { tree } = await generate(
      'nest-add',
      { skipInstall: true },
      virtualWorkspace({ ...STOCK, 'src/main.ts': main }),
    );
    expect(tree.readContent('/src/main.ts')).toContain('await CoreFactory.run(');
  });

  test('nest-add moves itself to the packages of development', async () => {
    const manifest = { name: 'shop', type: 'module', dependencies: { '@core-framework/schematics': '^0.1.0' } };
    const files = { ...STOCK, 'package.json': JSON.stringify(manifest) };
    const { tree } = await generate('nest-add', { skipInstall: true }, virtualWorkspace(files));
    const changed = JSON.parse(tree.readContent('/package.json')) as Record<string, Record<string, string>>;
    expect(changed.dependencies).not.toHaveProperty(['@core-framework/schematics']);
    expect(changed.devDependencies).toHaveProperty(['@core-framework/schematics'], '^0.1.0');
  });

  test('nest-add leaves a main.ts of its own alone and refuses CommonJS', async () => {
    const own = { ...STOCK, 'src/main.ts': `${STOCK['src/main.ts']}console.log('mine');\n` };
    const { tree, said } = await generate('nest-add', { skipInstall: true }, virtualWorkspace(own));
    expect(tree.readContent('/src/main.ts')).toBe(own['src/main.ts']);
    expect(said.join()).toContain('KEPT src/main.ts');
    const commonJs = virtualWorkspace({ ...STOCK, 'package.json': '{}' });
    await expect(generate('nest-add', {}, commonJs)).rejects.toThrow('"type": "module"');
  });

  test('core-app makes an application like the default one', async () => {
    const files = {
      'nest-cli.json': JSON.stringify({
        monorepo: true,
        root: 'apps/api',
        sourceRoot: 'apps/api/src',
        projects: { api: { root: 'apps/api', compilerOptions: { tsConfigPath: 'apps/api/tsconfig.app.json' } } },
      }),
      'apps/api/tsconfig.app.json': '{ "compilerOptions": { "outDir": "../../dist/apps/api" } }',
    };
    const { tree } = await generate('core-app', { name: 'Admin' }, virtualWorkspace(files));
    expect(tree.readContent('/apps/admin/tsconfig.app.json')).toContain('dist/apps/admin');
    expect(tree.readContent('/apps/admin/src/main.ts')).toContain('CoreFactory.run');
    expect(JSON.parse(tree.readContent('/nest-cli.json')).projects.admin.sourceRoot).toBe('apps/admin/src');
    await expect(generate('core-app', { name: 'Admin' })).rejects.toThrow('nest g app NAME');
    for (const name of ['!!', '../x', '1x']) {
      await expect(generate('core-app', { name }, virtualWorkspace(files))).rejects.toThrow('cannot be the name');
    }
  });

  test('core-app leaves libraries alone', async () => {
    const projects = { api: { root: 'apps/api' }, blog: { type: 'library', root: 'apps/blog' } };
    const files = { 'nest-cli.json': JSON.stringify({ monorepo: true, root: 'apps/api', projects }) };
    await expect(generate('core-app', { name: 'Blog' }, virtualWorkspace(files))).rejects.toThrow('is a library');
  });
});
