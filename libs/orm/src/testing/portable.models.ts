import type { Collection, Ref } from '@mikro-orm/core';
import { Field } from '../fields/field.decorator.js';
import { Model } from '../models/model.decorator.js';
import { PlainModel } from '../models/plain.model.js';
import type { Manager } from '../querysets/manager.js';

@Model({ tableName: 'portable_shelves' })
export class Shelf extends PlainModel {
  declare static readonly objects: Manager<Shelf>;

  @Field.pk() id!: number;
  @Field.string({ blank: true, trim: false }) name!: string;
}

/** A field of every type that databases store differently. */
@Model({ tableName: 'portable_items' })
export class Item extends PlainModel {
  declare static readonly objects: Manager<Item>;

  @Field.pk() id!: number;
  @Field.string({ blank: true, trim: false }) label!: string;
  @Field.text({ blank: true, trim: false, nullable: true }) note!: string | null;
  @Field.integer({ nullable: true }) count!: number | null;
  @Field.bigInteger({ nullable: true }) big!: bigint | null;
  @Field.float({ nullable: true }) ratio!: number | null;
  @Field.decimal({ precision: 15, scale: 4, nullable: true }) amount!: string | null;
  @Field.boolean({ nullable: true }) isOpen!: boolean | null;
  @Field.datetime({ nullable: true }) at!: Date | null;
  @Field.date({ nullable: true }) day!: string | null;
  @Field.time({ nullable: true }) hour!: string | null;
  @Field.json({ nullable: true }) data!: unknown;
  @Field.uuid({ nullable: true }) token!: string | null;
  @Field.enum({ choices: ['low', 'high', "it's"], nullable: true }) mood!: 'low' | 'high' | "it's" | null;
  @Field.foreignKey(() => Shelf, { nullable: true }) shelf!: Ref<Shelf> | null;
  @Field.oneToMany(() => Remark, (remark) => remark.item) remarks!: Collection<Remark>;
}

@Model({ tableName: 'portable_remarks' })
export class Remark extends PlainModel {
  declare static readonly objects: Manager<Remark>;

  @Field.pk() id!: number;
  @Field.string({ blank: true, trim: false }) text!: string;
  @Field.foreignKey(() => Item, { onDelete: 'cascade' }) item!: Ref<Item>;
}

export const PORTABLE_MODELS = [Shelf, Item, Remark];
