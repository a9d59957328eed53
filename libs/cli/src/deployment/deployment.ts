import type { ImageBuild } from './image-build.js';

/** Databases that run as servers, by the names of `DB_DRIVER`. */
export const SERVER_DATABASES = ['postgresql', 'mysql', 'mariadb'] as const;
export type ServerDatabase = (typeof SERVER_DATABASES)[number];

/** Brokers that reach other processes. */
export const SERVER_BROKERS = ['redis', 'rabbitmq', 'kafka'] as const;

/** What processes of an application are there for. */
export type ProcessRole = 'api' | 'worker' | 'scheduler' | 'consumer';

/** A process of the application, of which as many may run as are needed. */
export interface DeployedProcess {
  readonly role: ProcessRole;
  /** What starts it, from the folder of the application: Node's arguments. */
  readonly script: string;
  readonly args: readonly string[];
  /** Settings that say what it works on, and what it leaves to the others. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What an application needs to run on servers: what its deployment files are made from. */
export interface Deployment {
  /** Fit to be the name of a container, a service or a unit. */
  readonly name: string;
  readonly database: ServerDatabase;
  /** The broker of its events, by the name that `MESSAGE_BROKER` has; none when it has no events. */
  readonly broker: string | undefined;
  /** Where its tasks wait, by the name that `TASK_BACKEND` has; none when it has no tasks. */
  readonly tasks: string | undefined;
  /** Whether it knows a Redis: for events, for tasks, or to count requests. */
  readonly redis: boolean;
  readonly processes: readonly DeployedProcess[];
  /** Node's arguments that bring the tables up to date. */
  readonly migrate: Pick<DeployedProcess, 'script' | 'args'>;
  readonly build: ImageBuild;
  /** Where its image is, without the tag. */
  readonly image: string;
  readonly tag: string;
  /** The name under which the world reaches it. */
  readonly host: string;
  /** Where the files of containers stand, from the folder of the project; empty for there. */
  readonly folder: string;
}
