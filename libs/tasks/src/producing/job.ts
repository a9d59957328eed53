import type { Type } from '@nestjs/common';
import { taskDefinitionOf, type TaskDefaults } from '../definitions/task-definition.js';
import type { TaskOptions } from '../definitions/task-options.js';
import { tasksOf } from '../metadata/tasks.metadata.js';
import type { TaskContext } from '../running/task-context.js';
import { TaskSignature } from './task-signature.js';

/** Where Nest's `@Inject` notes what it found on properties. */
const INJECTED_PROPERTIES = 'self:properties_metadata';

/**
 * Work as an object: its fields are what it is given, `handle` is what is done with them. It travels as JSON of its fields
 * and is made again by a worker, whose application names its class in `TasksModule.forFeature([…])`. Fields with `@Inject()`
 * are filled in there. Options stand in `@Task` on `handle`.
 *
 * @example
 * class SendEmail extends Job {
 *   constructor(readonly userId: number, readonly template: string) { super(); }
 *   async handle() { … }
 * }
 * await Queue.push(new SendEmail(1, 'welcome'));
 */
export abstract class Job {
  abstract handle(context?: TaskContext): unknown;
}

/** A class of jobs. */
export type JobClass = abstract new (...args: never[]) => Job;

/** A field that is filled in from the application. */
export interface InjectedField {
  readonly key: string;
  readonly token: unknown;
}

/** What the class says of its jobs; they are called as the class is unless it says otherwise. */
export function jobOptionsOf(type: JobClass): TaskOptions<never[]> & { readonly name: string } {
  const options = tasksOf(type).find(({ method }) => method === 'handle')?.options;
  return { name: type.name, ...options };
}

/** The task that runs a job. */
export function signatureOf<J extends Job>(
  job: J,
  defaults: TaskDefaults,
): TaskSignature<Awaited<ReturnType<J['handle']>>> {
  const type = job.constructor as Type<Job>;
  const options = jobOptionsOf(type);
  const injected = new Set(injectedFieldsOf(type).map(({ key }) => key));
  const fields = Object.fromEntries(Object.entries(job).filter(([key]) => !injected.has(key)));
  return new TaskSignature(taskDefinitionOf(options.name, options, defaults), [fields]);
}

/** Makes a job of its fields, without calling its constructor. */
export function jobOf(type: JobClass, fields: object, injected: Readonly<Record<string, unknown>>): Job {
  const job = Object.create(type.prototype as object) as Job;
  return Object.assign(job, fields, injected);
}

export function injectedFieldsOf(type: Function): readonly InjectedField[] {
  const found = (Reflect.getMetadata(INJECTED_PROPERTIES, type) ?? []) as readonly { key: string; type: unknown }[];
  return found.map(({ key, type: token }) => ({ key, token }));
}
