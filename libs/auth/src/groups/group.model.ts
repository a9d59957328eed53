import { type Collection, Field, type Manager, Model, PlainModel } from '@core-framework/orm';
import { Permission } from './permission.model.js';

/** Users who may do the same things; a role by another name. */
@Model({ tableName: 'groups', ordering: ['name'] })
export class Group extends PlainModel {
  declare static readonly objects: Manager<Group>;

  @Field.pk() id!: number;
  @Field.string({ maxLength: 150, unique: true }) name!: string;
  @Field.manyToMany(() => Permission, { linkTable: 'groups_permissions' }) permissions!: Collection<Permission>;
}
