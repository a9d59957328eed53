/** What the base program and the measured one import alike. */
export const IMPORTS = `import { BaseModel, type Collection, Field, type Manager, Model, type Ref } from '@core-framework/orm';
`;

/** One model in a circle: it points to its neighbours, to one on the other side, and back at those who point to it. */
export function modelSource(index: number, count: number): string {
  const name = (offset: number) => `Model${(index + offset + count) % count}`;
  const [next, previous, far] = [name(1), name(-1), name(Math.floor(count / 2))];
  const others = [...new Set([next, previous, far])].filter((other) => other !== `Model${index}`);
  return `${IMPORTS}${others.map((other) => `import { ${other} } from './${other.toLowerCase()}.js';`).join('\n')}

@Model()
export class Model${index} extends BaseModel {
  declare static readonly objects: Manager<Model${index}>;
  @Field.string({ maxLength: 200 }) title!: string;
  @Field.text() content!: string;
  @Field.boolean({ default: false }) isPublished = false;
  @Field.integer({ default: 0 }) viewsCount = 0;
  @Field.decimal({ precision: 8, scale: 2 }) price!: string;
  @Field.datetime({ nullable: true }) publishedAt?: Date | null;
  @Field.enum({ choices: ['draft', 'final'], default: 'draft' }) state!: 'draft' | 'final';
  @Field.foreignKey(() => ${next}) next!: Ref<${next}>;
  @Field.foreignKey(() => ${far}, { nullable: true }) far?: Ref<${far}> | null;
  @Field.oneToMany(() => ${previous}, (other) => other.next) followers!: Collection<${previous}>;
  @Field.manyToMany(() => ${far}) friends!: Collection<${far}>;
}
`;
}

/** Each uses the lookups of one model in another way: own columns, neighbours, several relations away, orders, values. */
const FILTERS: readonly ((model: string, index: number) => string)[] = [
  (model, index) => `${model}.objects.filter({ title: 'a${index}', viewsCount__gte: ${index} })`,
  (model, index) => `${model}.objects.filter({ title__icontains: 'a${index}', isPublished: true })`,
  (model, index) => `${model}.objects.exclude({ next__title__startswith: 'b${index}' })`,
  (model, index) => `${model}.objects.filter({ next__next__viewsCount__lt: ${index}, price__gt: '1.50' })`,
  (model, index) => `${model}.objects.filter({ far__isnull: false, far__next__title__in: ['${index}'] })`,
  (model, index) => `${model}.objects.filter({ followers__title: 'c${index}' }).orderBy('-createdAt', 'next__title')`,
  (model, index) => `${model}.objects.filter({ publishedAt__year: ${2000 + index}, state: 'draft' })`,
  (model, index) => `${model}.objects.filter({ friends__next__state__in: ['final'] }).limit(${index + 1})`,
  (model, index) => `${model}.objects.filter({ id__range: [${index}, ${index + 9}], next: ${index} })`,
  (model, index) => `${model}.objects.filter({ next__far__isPublished: true, createdAt__lte: new Date(${index}) })`,
];

/** A file that asks for rows of one model in as many ways as wanted. */
export function filtersSource(model: number, count: number): string {
  const queries = Array.from({ length: count }, (_, index) => {
    const filter = FILTERS[index % FILTERS.length];
    return `export const query${index} = ${filter?.(`Model${model}`, index)};`;
  });
  return `import { Model${model} } from './model${model}.js';\n\n${queries.join('\n')}\n`;
}
