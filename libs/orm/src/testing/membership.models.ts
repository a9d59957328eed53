import type { Collection, Ref } from '@mikro-orm/core';
import { Field } from '../fields/field.decorator.js';
import { Model } from '../models/model.decorator.js';
import { PlainModel } from '../models/plain.model.js';
import type { Manager } from '../querysets/manager.js';

@Model({ tableName: 'joined_people' })
export class Person extends PlainModel {
  declare static readonly objects: Manager<Person>;

  @Field.pk() id!: number;
  @Field.string() name!: string;
  @Field.oneToMany(() => Membership, (membership) => membership.person) memberships!: Collection<Membership>;
}

@Model({ tableName: 'joined_teams' })
export class Team extends PlainModel {
  declare static readonly objects: Manager<Team>;

  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.string() name!: string;
}

/** Joins two models: a person is in a team once. */
@Model({ tableName: 'joined_memberships', primaryKey: ['team', 'person'] })
export class Membership extends PlainModel {
  declare static readonly objects: Manager<Membership>;

  @Field.foreignKey(() => Person, { onDelete: 'cascade' }) person!: Ref<Person>;
  @Field.foreignKey(() => Team, { onDelete: 'cascade' }) team!: Ref<Team>;
  @Field.string({ default: 'member' }) role = 'member';
  @Field.integer({ nullable: true }) points!: number | null;
  @Field.datetime({ autoNow: true }) changedAt!: Date;
  @Field.version() version!: number;
}

/** A key of plain values, and nothing else. */
@Model({ tableName: 'joined_days', primaryKey: ['number', 'day', 'kind'] })
export class Day extends PlainModel {
  declare static readonly objects: Manager<Day>;

  @Field.bigInteger() number!: bigint;
  @Field.date() day!: string;
  @Field.enum({ choices: ['work', 'rest'] }) kind!: 'work' | 'rest';
}

export const MEMBERSHIP_MODELS = [Person, Team, Membership, Day];
