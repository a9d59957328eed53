import 'reflect-metadata';
import { AbstractUser, AuthModule, type UserManager } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { createTestApp } from '@core-framework/testing';
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
    AuthModule.forRoot({ userModel: User }),
  ],
})
class BenchModule {}

const ROUNDS = 30;
const PASSWORD = 'correct horse battery';

/** Milliseconds that a bad sign-in takes, by what is wrong with it: medians. */
export type SignInTimes = Readonly<Record<'unknown' | 'wrong' | 'inactive' | 'unusable', number>>;

/** Signs in badly in four ways, in turns, so that what else the machine does hits all alike. */
export async function timeSignIns(): Promise<SignInTimes> {
  const env = { AUTH_PASSWORD_HASHER: 'argon2', AUTH_THROTTLE_ENABLED: 'false' };
  await using app = await createTestApp(BenchModule, { database: 'sqlite://', env });
  await app.work(async () => {
    await User.objects.createUser({ email: 'wrong@example.com', password: PASSWORD });
    await User.objects.createUser({ email: 'inactive@example.com', password: PASSWORD, isActive: false });
    await User.objects.createUser({ email: 'unusable@example.com' });
  });
  const times: Record<keyof SignInTimes, number[]> = { unknown: [], wrong: [], inactive: [], unusable: [] };
  for (let round = 0; round < ROUNDS + 2; round++) {
    for (const name of Object.keys(times) as (keyof SignInTimes)[]) {
      const password = name === 'wrong' ? 'wrong horse battery' : PASSWORD;
      const start = performance.now();
      const { status } = await app.client.post('/api/v1/auth/login', { email: `${name}@example.com`, password });
      if (status !== 401) throw new Error(`A sign-in that is ${name} was answered ${status}.`);
      if (round >= 2) times[name].push(performance.now() - start);
    }
  }
  const medians = Object.entries(times).map(([name, values]) => [name, medianOf(values)]);
  return Object.fromEntries(medians) as SignInTimes;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1));
}
