import 'reflect-metadata';
import { AbstractUser, AuthModule, InMemoryMailSender, MailSender, type UserManager } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { Module } from '@nestjs/common';

@Model({ tableName: 'users' })
class User extends AbstractUser {
  declare static readonly objects: UserManager<User>;
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User, mailSender: InMemoryMailSender }),
  ],
})
class BenchModule {}

const ROUNDS = 30;
const WARM_UP = 5;
const PASSWORD = 'correct horse battery';
const AUTH = '/api/v1/auth';

/** A request whose time must not tell what is known of an address. */
interface Case {
  readonly path: string;
  readonly status: number;
  readonly body: (round: number) => object;
}

const login = (name: string, password = PASSWORD): Case => {
  const body = { email: `${name}@example.com`, password };
  return { path: 'login', status: 401, body: () => body };
};
const forgot = (name: string): Case => {
  const body = { email: `${name}@example.com` };
  return { path: 'forgot-password', status: 202, body: () => body };
};
const register = (nameOf: (round: number) => string): Case => {
  const body = (round: number) => ({ email: `${nameOf(round)}@example.com`, password: PASSWORD });
  return { path: 'register', status: 201, body };
};

/** By the endpoint, what it is asked in ways that must look alike. */
const CASES = {
  login: {
    unknown: login('unknown'),
    wrong: login('wrong', 'wrong horse battery'),
    inactive: login('inactive'),
    unusable: login('unusable'),
  },
  'forgot-password': { unknown: forgot('unknown'), known: forgot('wrong'), inactive: forgot('inactive') },
  register: { free: register((round) => `new${round}`), taken: register(() => 'wrong') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Case>>>>;

/** Milliseconds of wall time and of the processor, as medians; and by how much the slowest case is above the fastest. */
interface AlikeTimes {
  readonly wall: Readonly<Record<string, number>>;
  readonly processor: Readonly<Record<string, number>>;
  readonly apart: string;
}

/** What answers take that must not tell who has an account, by their endpoint. */
export type SignInTimes = Readonly<Record<keyof typeof CASES, AlikeTimes>>;

/**
 * Asks in every way once a round, in another order each time, so that neither what else the machine does nor what was
 * asked just before falls on one of them.
 */
export async function timeSignIns(): Promise<SignInTimes> {
  const env = {
    AUTH_PASSWORD_HASHER: 'argon2',
    AUTH_THROTTLE_ENABLED: 'false',
    AUTH_REQUIRE_VERIFICATION: 'true',
  };
  await using app = await createTestApp(BenchModule, { database: 'sqlite://', env });
  await app.work(async () => {
    const known = { password: PASSWORD, isVerified: true };
    await User.objects.createUser({ ...known, email: 'wrong@example.com' });
    await User.objects.createUser({ ...known, email: 'inactive@example.com', isActive: false });
    await User.objects.createUser({ email: 'unusable@example.com', isVerified: true });
  });
  const times: Partial<Record<keyof SignInTimes, AlikeTimes>> = {};
  for (const [name, cases] of Object.entries(CASES)) times[name as keyof SignInTimes] = await timeAlike(app, cases);
  return times as SignInTimes;
}

async function timeAlike(app: TestApp, cases: Readonly<Record<string, Case>>): Promise<AlikeTimes> {
  const wall: Record<string, number[]> = {};
  const processor: Record<string, number[]> = {};
  const mails = app.nest.get<InMemoryMailSender>(MailSender);
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [name, { path, status, body }] of shuffled(Object.entries(cases))) {
      // What the one before left to do is not this one's.
      await mails.settled();
      const [start, used] = [performance.now(), process.cpuUsage()];
      const answer = await app.client.post(`${AUTH}/${path}`, body(round));
      const { user, system } = process.cpuUsage(used);
      const elapsed = performance.now() - start;
      if (answer.status !== status) throw new Error(`${path}, ${name}: ${answer.status} ${answer.text}`);
      if (round < WARM_UP) continue;
      (wall[name] ??= []).push(elapsed);
      (processor[name] ??= []).push((user + system) / 1000);
    }
  }
  const medians = mediansOf(wall);
  const [fastest, slowest] = [Math.min(...Object.values(medians)), Math.max(...Object.values(medians))];
  return {
    wall: medians,
    processor: mediansOf(processor),
    apart: `${Math.round((slowest / fastest - 1) * 100)} %`,
  };
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => [Math.random(), value] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, value]) => value);
}

function mediansOf(times: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => {
      const sorted = values.toSorted((a, b) => a - b);
      const middle = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
      return [name, Number(middle.toFixed(2))];
    }),
  );
}
