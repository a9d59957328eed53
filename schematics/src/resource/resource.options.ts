import { GeneratorError } from '../errors/generator.errors.js';
import { suggestion } from '../names/did-you-mean.js';

/** The standard actions of a ViewSet, in the order in which they are told. */
const ACTIONS = ['list', 'create', 'retrieve', 'update', 'partialUpdate', 'destroy'] as const;
export type ActionName = (typeof ACTIONS)[number];

/** Options that all generators of parts of a resource share. */
export interface ResourceOptions {
  /** The model, singular or plural, perhaps with folders before it: `blog/post`. */
  readonly name: string;
  /** Fields in the grammar `name:type:rules`. */
  readonly fields?: readonly string[] | string;
  /** Fields as well: the one option of Nest's own command line that takes any text. */
  readonly type?: string;
  readonly path?: string;
  readonly project?: string;
  readonly sourceRoot?: string;
  readonly flat?: boolean;
  /** The standard actions that exist. @defaultValue all */
  readonly only?: readonly string[] | string;
  /** The unique field in the path. @defaultValue the primary key */
  readonly lookup?: string;
  /** The field that says whom a row belongs to, with the model after a colon: `author:Member`. */
  readonly owner?: string;
  readonly softDelete?: boolean;
  readonly readOnly?: boolean;
  /** Writing takes the permissions of the model (`posts.add`). */
  readonly protected?: boolean;
  /** Everybody may read. */
  readonly public?: boolean;
  /** Whether a migration is made. @defaultValue whether the application applies migrations when it starts */
  readonly migration?: boolean;
  readonly service?: boolean;
  readonly factory?: boolean;
  readonly seeder?: boolean;
  /** Whether a test is made; `spec` is what Nest calls it. */
  readonly test?: boolean;
  readonly spec?: boolean;
  readonly skipImport?: boolean;
  /** Whether edited files are written anew. */
  readonly force?: boolean;
}

const ALIASES: Readonly<Record<string, ActionName>> = {
  get: 'retrieve',
  read: 'retrieve',
  post: 'create',
  put: 'update',
  patch: 'partialUpdate',
  delete: 'destroy',
};

/**
 * The actions that options ask for.
 *
 * @throws GeneratorError when one of them does not exist.
 */
export function actionsOf({ only, readOnly }: Pick<ResourceOptions, 'only' | 'readOnly'>): readonly ActionName[] {
  const given = (typeof only === 'string' ? only.split(',') : (only ?? [])).map((name) => name.trim()).filter(Boolean);
  const available = readOnly ? (['list', 'retrieve'] as const) : ACTIONS;
  if (given.length === 0) return available;
  const asked = given.map((name) => {
    const action = ACTIONS.find((known) => known.toLowerCase() === name.toLowerCase()) ?? ALIASES[name.toLowerCase()];
    if (action && (available as readonly ActionName[]).includes(action)) return action;
    throw new GeneratorError(
      'GENERATOR_UNKNOWN_ACTION',
      action ? `A read-only resource has no ${action}.` : `There is no action "${name}".`,
      suggestion(name, available),
    );
  });
  return available.filter((action) => asked.includes(action));
}
