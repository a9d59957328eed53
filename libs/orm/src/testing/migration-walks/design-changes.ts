import { snakeCase } from '../../models/naming.js';
import type { MigrationAnswers } from '../../migrations/change-detector.js';
import type { OnDelete } from '../../fields/field-definition.js';
import { type FieldDesign, fillOf, type ModelDesign, SCALAR_KINDS } from './model-design.js';
import type { Random } from './random.js';

/** What a walk says where the difference leaves something open. */
export interface DesignAnswers {
  readonly renames: Record<string, string | false>;
  readonly fills: Record<string, string | number | boolean>;
}

const ON_DELETE: readonly OnDelete[] = ['cascade', 'restrict', 'setNull'];

/** Makes up models and changes them; knows how each change is to be understood. */
export class DesignChanges {
  #names = 0;
  /** A second change of a table would have to speak of names that no migration has seen. */
  readonly #changed = new Set<ModelDesign>();
  #answers: DesignAnswers = { renames: {}, fills: {} };

  constructor(
    private readonly random: Random,
    readonly design: ModelDesign[],
  ) {}

  /** One change or several; says how they are to be understood. */
  change(count: number): MigrationAnswers {
    this.#answers = { renames: {}, fills: {} };
    this.#changed.clear();
    for (let done = 0; done < count; done++) this.#changeOnce();
    return { ...this.#answers, questions: { isRenamedTable: () => false, isRenamedColumn: () => false } };
  }

  addModel(): void {
    const { random } = this;
    const name = this.#name('m');
    const keyPart = random.chance(0.25) ? this.#newKeyPart() : undefined;
    const model: ModelDesign = {
      key: `Model${name}`,
      table: `${name}_rows`,
      pk: keyPart ? 'composite' : (random.pick(['integer', 'integer', 'bigInteger', 'uuid', 'string']) ?? 'integer'),
      keyPart,
      fields: keyPart ? [keyPart] : [],
      checked: [],
      uniqueTogether: [],
      indexes: [],
      partial: [],
    };
    this.design.push(model);
    this.#changed.add(model);
    for (let count = random.between(1, 5); count > 0; count--) model.fields.push(this.#newField());
    if (random.chance(0.7)) this.#addRelation(model, random.chance(0.3));
  }

  /** A relation to a model whose rows have one key, where there is one, else a text. */
  #newKeyPart(): FieldDesign {
    const { random } = this;
    const target = random.pick(this.#pointedTo());
    const field: FieldDesign = {
      ...this.#newField(),
      nullable: false,
      everRequired: true,
      index: false,
      hasDefault: false,
    };
    if (!target) return { ...field, kind: 'string' };
    const onDelete = random.pick(ON_DELETE.slice(0, 2)) ?? 'cascade';
    return { ...field, kind: 'foreignKey', distinct: false, target: target.key, onDelete };
  }

  #pointedTo(): readonly ModelDesign[] {
    return this.design.filter(({ pk }) => pk !== 'composite');
  }

  #changeOnce(): void {
    const model = this.random.pick(this.design.filter((candidate) => !this.#changed.has(candidate)));
    if (model) this.#changed.add(model);
    const changes: (() => void)[] = [() => this.addModel()];
    if (model) {
      changes.push(
        () => this.#addField(model),
        () => this.#addField(model),
        () => this.#dropField(model),
        () => this.#renameField(model),
        () => this.#renameTable(model),
        () => this.#alterField(model),
        () => this.#alterField(model),
        () => this.#alterField(model),
        () => this.#changeConstraints(model),
        () => this.#changeConstraints(model),
        () => this.#addRelation(model, false),
        () => this.#dropModel(model),
      );
    }
    this.random.pick(changes)?.();
  }

  #newField(): FieldDesign {
    const { random } = this;
    const kind = random.pick(SCALAR_KINDS) ?? 'string';
    const nullable = random.chance(0.4);
    return {
      name: this.#name('f'),
      kind,
      nullable,
      everRequired: !nullable,
      unique: false,
      index: random.chance(0.2) && kind !== 'json' && kind !== 'text',
      maxLength: random.between(20, 90),
      hasDefault: random.chance(0.3),
      distinct: true,
      onDelete: 'cascade',
    };
  }

  #addField(model: ModelDesign): void {
    const field = { ...this.#newField(), distinct: false };
    model.fields.push(field);
    if (!field.nullable) this.#answers.fills[`${model.table}.${snakeCase(field.name)}`] = fillOf(field);
  }

  #dropField(model: ModelDesign): void {
    const isFree = ({ name, kind, nullable, unique }: FieldDesign) =>
      (nullable || kind !== 'foreignKey') && (nullable || !unique) && !model.checked.includes(name);
    const isAlone = ({ name }: FieldDesign) => !model.uniqueTogether.flat().includes(name);
    const free = model.fields.filter((field) => field !== model.keyPart && isFree(field) && isAlone(field));
    const field = this.random.pick(free);
    if (!field) return;
    model.fields = model.fields.filter((other) => other !== field);
    model.indexes = model.indexes.filter((names) => !names.includes(field.name));
    model.partial = model.partial.filter((name) => name !== field.name);
  }

  #renameField(model: ModelDesign): void {
    const field = this.random.pick(model.fields.filter(({ kind }) => kind !== 'manyToMany'));
    if (!field) return;
    const name = this.#name('f');
    const column = (text: string) => (field.kind === 'foreignKey' ? `${snakeCase(text)}_id` : snakeCase(text));
    this.#answers.renames[`${model.table}.${column(field.name)}`] = column(name);
    const renamed = (names: readonly string[]) => names.map((other) => (other === field.name ? name : other));
    model.checked = renamed(model.checked);
    model.partial = renamed(model.partial);
    model.indexes = model.indexes.map(renamed);
    model.uniqueTogether = model.uniqueTogether.map(renamed);
    field.name = name;
  }

  #renameTable(model: ModelDesign): void {
    const table = `${this.#name('m')}_rows`;
    const links = model.fields.filter(({ kind }) => kind === 'manyToMany');
    for (const { name } of links) {
      this.#answers.renames[`${model.table}_${snakeCase(name)}`] = `${table}_${snakeCase(name)}`;
    }
    this.#answers.renames[model.table] = table;
    model.table = table;
  }

  #alterField(model: ModelDesign): void {
    const { random } = this;
    const field = random.pick(model.fields.filter(({ kind }) => kind !== 'manyToMany'));
    if (!field || (field === model.keyPart && field.kind !== 'foreignKey')) return;
    if (field.kind === 'foreignKey') {
      field.onDelete = random.pick(field.nullable ? ON_DELETE : ON_DELETE.slice(0, 2)) ?? 'cascade';
      return;
    }
    const alterations: (() => void)[] = [
      () => (field.hasDefault = !field.hasDefault),
      () => (field.maxLength = random.between(20, 90)),
      () => (field.index = !field.index && !['json', 'text'].includes(field.kind)),
      () => {
        field.nullable = !field.nullable;
        if (field.nullable) return;
        this.#answers.fills[`${model.table}.${snakeCase(field.name)}`] = fillOf(field);
        field.distinct &&= field.everRequired;
      },
      () => {
        if (field.kind === 'integer' && !model.partial.includes(field.name)) field.kind = 'bigInteger';
        else if (field.kind === 'string' && !field.index && !field.unique) field.kind = 'text';
      },
    ];
    random.pick(alterations)?.();
    if (field.unique && !field.distinct) field.unique = false;
  }

  #changeConstraints(model: ModelDesign): void {
    const { random } = this;
    const own = model.fields.filter(({ kind }) => kind !== 'manyToMany' && kind !== 'json' && kind !== 'text');
    const [one, other] = [random.pick(own), random.pick(own)];
    if (!one || !other) return;
    const toggled = (names: readonly string[], name: string) =>
      names.includes(name) ? names.filter((given) => given !== name) : [...names, name];
    const pair = [one.name, other.name];
    const without = (sets: readonly string[][]) => sets.filter((names) => names.join() !== pair.join());
    const changes: (() => void)[] = [
      () => {
        if (one.kind === 'integer') model.checked = toggled(model.checked, one.name);
      },
      () => {
        if (one.kind === 'integer') model.partial = toggled(model.partial, one.name);
      },
      () => {
        if (['string', 'integer', 'uuid'].includes(one.kind)) one.unique = !one.unique && one.distinct;
      },
      () => {
        if (one === other) return;
        const left = without(model.indexes);
        model.indexes = left.length < model.indexes.length ? left : [...left, pair];
      },
      () => {
        if (one === other || !(one.distinct && ['string', 'integer', 'uuid'].includes(one.kind))) return;
        const left = without(model.uniqueTogether);
        model.uniqueTogether = left.length < model.uniqueTogether.length ? left : [...left, pair];
      },
      () => {
        model.comment = model.comment ? undefined : `It's ${this.#name('comment')}`;
      },
    ];
    random.pick(changes)?.();
  }

  #addRelation(model: ModelDesign, required: boolean): void {
    const { random } = this;
    const target = random.pick(this.#pointedTo());
    if (!target) return;
    const many = random.chance(0.3) && model.pk !== 'composite';
    model.fields.push({
      ...this.#newField(),
      kind: many ? 'manyToMany' : 'foreignKey',
      // Rows that lead to themselves could not be made.
      nullable: !required || target === model,
      everRequired: false,
      unique: false,
      distinct: false,
      target: target.key,
      onDelete: random.pick(required ? ON_DELETE.slice(0, 2) : ON_DELETE) ?? 'cascade',
    });
  }

  #dropModel(model: ModelDesign): void {
    const isNeeded = this.design.some(({ fields }) => fields.some(({ target }) => target === model.key));
    if (isNeeded || this.design.length < 2) return;
    this.design.splice(this.design.indexOf(model), 1);
  }

  #name(prefix: string): string {
    return `${prefix}${++this.#names}`;
  }
}
