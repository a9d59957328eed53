import { posix } from 'node:path';
import type { Tree } from '@angular-devkit/schematics';
import { GeneratorError } from '../errors/generator.errors.js';
import { checkClassName, kebabCase, pascalCase } from '../names/names.js';
import { Project } from '../project/project.js';
import { normalized, Workspace } from '../project/workspace.js';

/** Options of generators that make one class. */
export interface ClassOptions {
  /** With or without what such classes end in, perhaps with folders before it. */
  readonly name: string;
  readonly path?: string;
  readonly project?: string;
  readonly sourceRoot?: string;
  readonly flat?: boolean;
  readonly skipImport?: boolean;
  readonly force?: boolean;
}

/** What the classes of one kind have in common. */
export interface ClassKind {
  /** What their names end in: `Task`; empty where they end in nothing. */
  readonly suffix: string;
  /** What their files end in: `send-email.task.ts`. */
  readonly role: string;
  /** Where they are when nobody says it. */
  readonly folder: string;
}

/** A class that is to be made. */
export interface PlannedClass {
  /** The name without its suffix: `SendEmail`. */
  readonly base: string;
  readonly className: string;
  readonly path: string;
  readonly project: Project;
}

/** Decides what a class is called and where it belongs. */
export function planClass(tree: Tree, options: ClassOptions, { suffix, role, folder }: ClassKind): PlannedClass {
  const given = posix.basename(options.name);
  const full = pascalCase(given);
  const base = suffix && full.endsWith(suffix) && full !== suffix ? full.slice(0, -suffix.length) : full;
  const className = base + suffix;
  checkClassName(given, className);
  const workspace = new Workspace(tree);
  const project = new Project(workspace, workspace.place(options));
  const inner = posix.dirname(options.name) === '.' ? '' : posix.dirname(options.name);
  const said = posix.join(normalized(options.path ?? ''), inner.split('/').map(kebabCase).join('/'));
  const directory = said !== '' && said !== '.' ? said : options.flat ? '' : folder;
  return {
    base,
    className,
    path: posix.join(project.place.sourceRoot, directory, `${kebabCase(base)}.${role}.ts`),
    project,
  };
}

/** Words of an option, given as a list or as one text. */
export function wordList(...given: readonly (string | readonly string[] | undefined)[]): string[] {
  return given
    .flatMap((value) => (typeof value === 'string' ? value.split(/[\s,|]+/) : (value ?? [])))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** @throws GeneratorError when a name is none that topics, groups and queues can have. */
export function checkChannel(what: string, name: string): string {
  if (/^[a-z\d][\w.-]*$/i.test(name)) return name;
  throw new GeneratorError(
    'GENERATOR_INVALID_NAME',
    `"${name}" cannot be the name of ${what}.`,
    'Use letters, digits, dots and hyphens: user-events.',
  );
}
