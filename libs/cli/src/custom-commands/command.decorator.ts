import { applyDecorators, Injectable } from '@nestjs/common';
import { UsageError } from '../errors/cli.errors.js';
import type { Terminal } from '../terminal/terminal.js';

/** What {@link Command} says of a command. */
export interface CommandOptions {
  /** The word after `core`; colons are fine: `report:monthly`. */
  readonly name: string;
  /** One line for lists, without a full stop. */
  readonly summary: string;
  /** More for its help. */
  readonly description?: string;
  /** Positional arguments, `<required>`, `[optional]`, `[several...]`, with what they are. @defaultValue {} */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Options with what they do: `'--month <month>'`, `'-q, --quiet'`. @defaultValue {} */
  readonly options?: Readonly<Record<string, string>>;
  /** Command lines that one would type. @defaultValue `core` and the name */
  readonly examples?: readonly string[];
}

/** What was typed, and where to answer. */
export interface CommandInput {
  /** By the names between the brackets; several as a list. */
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By their long names in camelCase; `true` where no value follows. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly terminal: Terminal;
}

/** A command of the application. It runs in a unit of work of its own; what it throws is told and ends with 1. */
export interface CommandHandler {
  run(input: CommandInput): void | Promise<void>;
}

type CommandClass = new (...dependencies: never[]) => CommandHandler;

const COMMAND = Symbol.for('@core-framework/cli:command');
const NAME = /^[a-z][a-z0-9]*(?:[-:_][a-z0-9]+)*$/;

/**
 * Makes a provider of the application a command of `core`.
 *
 * @throws UsageError when it cannot be called so.
 *
 * @example
 * ```ts
 * @Command({ name: 'posts:count', summary: 'Count the posts', options: { '--published': 'only published ones' } })
 * export class CountPosts implements CommandHandler {
 *   async run({ options, terminal }: CommandInput) {
 *     const posts = options.published ? Post.objects.filter({ isPublished: true }) : Post.objects;
 *     terminal.print(String(await posts.count()));
 *   }
 * }
 * ```
 */
export function Command(options: CommandOptions): <C extends CommandClass>(target: C) => void {
  if (!NAME.test(options.name)) {
    throw new UsageError(`"${options.name}" is no name of a command.`, 'Use small letters, digits, dashes and colons.');
  }
  return applyDecorators(Injectable(), (target: object) => {
    Object.defineProperty(target, COMMAND, { value: Object.freeze({ ...options }) });
  });
}

/** What a class says of itself as a command; `undefined` when it is none. */
export function commandOptionsOf(type: unknown): CommandOptions | undefined {
  if (typeof type !== 'function' || !Object.hasOwn(type, COMMAND)) return undefined;
  return Reflect.get(type, COMMAND) as CommandOptions;
}
