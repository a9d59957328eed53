import { fieldText, scalarFields } from './field-matrix.js';

/** What `core-resource` is asked for. */
export interface ResourceRequest {
  readonly name: string;
  readonly fields: readonly string[];
  readonly [option: string]: unknown;
}

const FIELDS_PER_RESOURCE = 4;

/** Options that resources of the matrix take in turn. */
const OPTIONS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { public: true },
  { protected: true },
  { owner: 'author' },
  { softDelete: true },
  { lookup: 'slug' },
  { protected: true, public: true },
  { owner: 'author', protected: true },
  { owner: 'author', public: true, softDelete: true },
  { readOnly: true },
  { only: ['list', 'create', 'retrieve'] },
  { lookup: 'slug', softDelete: true, protected: true },
  { only: ['retrieve', 'partialUpdate', 'destroy'], owner: 'author' },
  { readOnly: true, public: true },
  { only: ['list', 'create'] },
  { seeder: false, service: false },
];

const RELATIONS = [
  ['owner:belongsTo:User', 'tags:manyToMany:Tag'],
  ['user:belongsTo:User:nullable,onDelete:set null', 'reviewer:belongsTo:User:onDelete:cascade'],
  ['user:oneToOne:User', 'topics:manyToMany:Tag:inverse:none'],
  ['user_id:integer:required,foreign:users.id', 'parent:belongsTo:Relation4:nullable,inverse:children'],
  ['user:belongsTo:User:unique', 'label:belongsTo:Tag:readonly,nullable'],
  ['user:belongsTo:User:hidden,nullable', 'related:manyToMany:Relation6'],
  ['tag:belongsTo:Tag:writeonly', 'spouse:oneToOne:Relation7:nullable,inverse:spouseOf'],
  ['tag:belongsTo:Tag:filter,onDelete:no action', 'tags:manyToMany:Tag:readonly'],
];

/** Resources that together have every type with every two rules that go together, and every relation. */
export function resourceMatrix(): ResourceRequest[] {
  const fields = scalarFields();
  const resources: ResourceRequest[] = [
    { name: 'User', fields: ['email:email:unique', 'name:string:max:100'], public: true },
    { name: 'Tag', fields: ['name:string:max:50,unique', 'slug:slug:from:name,unique'], lookup: 'slug' },
  ];
  // Neighbours in the list are of one type; taken with a stride, a resource mixes types.
  const count = Math.ceil(fields.length / FIELDS_PER_RESOURCE);
  for (let index = 0; index < count; index += 1) {
    const own = fields.filter((_field, position) => position % count === index);
    resources.push({
      name: `Sample${index + 1}`,
      fields: [
        'title:string:max:80',
        ...own.map(({ type, rules }, position) => fieldText(`${type}_${position + 1}`, type, rules)),
      ],
      ...OPTIONS[index % OPTIONS.length],
    });
  }
  for (const [index, relations] of RELATIONS.entries()) {
    resources.push({ name: `Relation${index + 1}`, fields: ['title:string:max:80', ...relations] });
  }
  return resources;
}
