import {
  AbstractUser,
  AuthModule,
  Hash,
  InMemoryMailSender,
  MailSender,
  PermissionsMixin,
  type UserManager,
} from '@core-framework/auth';
import type { Principal } from '@core-framework/common';
import { SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import type { TestApp, TestResponse } from '@core-framework/testing';
import {
  Action,
  type ActionContext,
  HasPermission,
  Instance,
  IsAdmin,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { type DatabaseKind, SERVERS } from './databases.js';
import { AccountsWatch } from './accounts-watch.js';

@Model({ tableName: 'users' })
export class Account extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<Account>;
}

@Model({ tableName: 'letters' })
export class Letter extends BaseModel {
  declare static readonly objects: Manager<Letter>;
  @Field.string({ maxLength: 100 }) title!: string;
  @Field.foreignKey(() => Account, { onDelete: 'cascade', readOnly: true }) author!: Ref<Account>;
}

@ViewSet({
  model: Letter,
  permissions: [IsAuthenticated],
  permissionsByAction: {
    create: [HasPermission('letters.create')],
    update: [IsOwner('author')],
    destroy: [IsOwner('author')],
  },
})
class LetterViewSet extends ModelViewSet<Letter> {
  override performCreate(data: Partial<Letter>, context: ActionContext<Letter>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }

  @Action({ method: 'POST', permissions: [IsOwner('author')] })
  async publish(@Instance() letter: Letter) {
    return { id: letter.id };
  }

  @Action({ permissions: [IsAdmin], detail: false })
  statistics() {
    return { ok: true };
  }
}

/** Letters of which only their author knows. */
@ViewSet({ path: 'private-letters', model: Letter, permissions: [IsAuthenticated] })
class PrivateLetterViewSet extends ModelViewSet<Letter> {
  override scope({ id }: Principal) {
    return { author: id };
  }
}

/** What an application with accounts is made of. */
export const accountsImports = (orm: Parameters<typeof CoreOrmModule.forRoot>[0] = {}) => [
  SettingsModule.forRoot(),
  CoreOrmModule.forRoot(orm),
  ViewSetModule.forRoot(),
  AuthModule.forRoot({ userModel: Account, usersViewSet: true, cookies: true, mailSender: InMemoryMailSender }),
  ViewSetModule.forFeature([LetterViewSet, PrivateLetterViewSet]),
];

@Module({ imports: accountsImports({ schema: 'update' }) })
export class AccountsModule {}

export const PASSWORD = 'correct horse battery';
export const API = '/api/v1';

/** The names of the users of {@link AccountsApp}; all have {@link PASSWORD}. */
export type Name = 'alice' | 'bob' | 'ivy' | 'root' | 'ed' | 'nopass';

/** What somebody who signed in holds. */
export interface Held {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** An application with accounts: alice and bob, ivy (inactive), root (superuser), ed (who may write), nopass (no password). */
export class AccountsApp implements AsyncDisposable {
  /** Every token and password that was handed out. */
  readonly secrets: string[] = [PASSWORD];

  private constructor(
    readonly app: TestApp,
    readonly watch: AccountsWatch,
  ) {}

  static async start(kind: DatabaseKind, env: Record<string, string> = {}): Promise<AccountsApp> {
    const watch = new AccountsWatch();
    const app = await watch.start(AccountsModule, {
      database: SERVERS[kind],
      env: { AUTH_THROTTLE_ENABLED: 'false', AUTH_PASSWORD_HASHER: 'argon2', ...env },
    });
    app.nest.get(Hash).configure('argon2', { memoryCost: 64, timeCost: 1 });
    const world = new AccountsApp(app, watch);
    await app.work(async () => {
      const create = (name: Name, password: string | null = PASSWORD) =>
        Account.objects.createUser({ email: `${name}@example.com`, password, isVerified: true });
      for (const name of ['alice', 'bob', 'ed'] as const) await create(name);
      const ivy = await create('ivy');
      ivy.isActive = false;
      await ivy.save();
      await create('nopass', null);
      await Account.objects.createSuperuser({ email: 'root@example.com', password: PASSWORD });
      const ed = await Account.objects.getByEmail('ed@example.com');
      await ed?.addToGroup('editors');
      await ed?.addPermission('letters.create');
    });
    return world;
  }

  get mails(): InMemoryMailSender {
    return this.app.nest.get<InMemoryMailSender>(MailSender);
  }

  /** The token of the mail that an address got last. */
  async mailedToken(email: string): Promise<string> {
    await this.mails.settled();
    const token = /#token=(\S+)/.exec(this.mails.lastTo(email)?.text ?? '')?.[1] ?? '';
    this.secrets.push(token);
    return token;
  }

  login(name: string, password: string = PASSWORD, headers: Record<string, string> = {}): Promise<TestResponse> {
    return this.app.client.post(`${API}/auth/login`, { email: `${name}@example.com`, password }, { headers });
  }

  /** Signs somebody in. */
  async hold(name: Name, password?: string): Promise<Held> {
    const held = (await this.login(name, password)).json<Held>();
    this.secrets.push(held.access_token, held.refresh_token);
    return held;
  }

  /** A client that shows a token. */
  bearer({ access_token: token }: Pick<Held, 'access_token'>) {
    return this.app.client.with({ authorization: `Bearer ${token}` });
  }

  refresh({ refresh_token }: Pick<Held, 'refresh_token'>): Promise<TestResponse> {
    return this.app.client.post(`${API}/auth/refresh`, { refresh_token });
  }

  me(held: Pick<Held, 'access_token'>): Promise<TestResponse> {
    return this.bearer(held).get(`${API}/auth/me`);
  }

  /** Ends the application. @throws LeakedSecretError when one of its tables, or a line of its log, holds a secret. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.watch.hear(...this.secrets, ...this.mails.outbox.map(({ text }) => text));
    for (const secret of this.secrets) this.watch.add(secret);
    await this.app.close();
  }
}
