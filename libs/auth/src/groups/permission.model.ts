import { Field, type Manager, Model, PlainModel } from '@core-framework/orm';

/** Something that may be allowed, named `resource.action` (`posts.delete`). */
@Model({ tableName: 'permissions', ordering: ['codename'] })
export class Permission extends PlainModel {
  declare static readonly objects: Manager<Permission>;

  @Field.pk() id!: number;
  @Field.string({ maxLength: 150, unique: true, pattern: /^[^\s.]+\.\S+$/ }) codename!: string;
  /** For people. */
  @Field.string({ maxLength: 255, blank: true, default: '' }) name = '';
  @Field.text({ blank: true, default: '' }) description = '';
}
