import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { BaseModel, CoreOrmModule, F, Field, type Manager, MigrationService, Model, Q } from '@core-framework/orm';

@Model({
  unique: [{ fields: ['email'], name: 'one_active_email', where: Q({ leftOn: null }) }],
  checks: { left_after_joining: Q({ leftOn__gte: F('joinedOn') }).or(Q({ leftOn: null })) },
  ordering: ['fullName'],
})
class Member extends BaseModel {
  declare static readonly objects: Manager<Member>;

  @Field.email() email!: string;
  @Field.string() fullName!: string;
  @Field.date() joinedOn!: string;
  @Field.date({ nullable: true }) leftOn?: string | null;
  @Field.phone() phone!: string;
}

const app = await NestFactory.createApplicationContext(
  CoreOrmModule.forRoot({
    url: 'sqlite://:memory:',
    models: [Member],
    migrations: new URL('./migrations/', import.meta.url),
  }),
  { logger: false },
);
const migrations = app.get(MigrationService);

export const applied = await migrations.migrate();
// A command turns this into its exit code.
export const { isClean } = await migrations.check();
export const statements = await migrations.sqlFor('0002_add_phone_to_members');
// Nothing is written when models and migrations agree.
export const generated = await migrations.generate({ dryRun: true });
export const undone = await migrations.rollback({ to: '0001_initial' });
await app.close();
