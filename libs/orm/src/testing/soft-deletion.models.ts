import type { Collection, Ref } from '@mikro-orm/core';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { PlainModel } from '../models/plain.model.js';
import { SoftDelete } from '../models/soft-delete.js';
import type { Manager } from '../querysets/manager.js';

@Model()
export class Folder extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Folder>;

  @Field.string({ maxLength: 50, unique: true }) name!: string;
  @Field.oneToMany(() => Note, (note) => note.folder) notes!: Collection<Note>;
}

@Model()
export class Note extends SoftDelete(PlainModel) {
  declare static readonly objects: Manager<Note>;

  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.string({ maxLength: 50 }) title!: string;
  @Field.integer({ default: 0 }) length = 0;
  @Field.foreignKey(() => Folder, { onDelete: 'cascade' }) folder!: Ref<Folder>;
  @Field.version() version!: number;
}

export const SOFT_DELETION_MODELS = [Folder, Note];
