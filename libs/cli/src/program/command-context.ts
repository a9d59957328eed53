import type { CoreSettings } from '@core-framework/config';
import type { CreateSurroundings } from 'create-core-app';
import { ApplicationModuleError, NoProjectError, ProductionRefusedError } from '../errors/cli.errors.js';
import { AssembledApplication } from '../project/assembled-application.js';
import { loadModule } from '../project/load-module.js';
import { Project } from '../project/project.js';
import type { Terminal } from '../terminal/terminal.js';

/** Options that commands on an application share. */
export interface ProjectOptions {
  /** One of several applications of a workspace. */
  readonly project?: string;
  /** The file of the root module, where a tool knows it. */
  readonly module?: string;
}

/** Options of commands that destroy something. */
export interface DestructiveOptions {
  /** Agrees beforehand. */
  readonly yes?: boolean;
  /** Has it done in production. */
  readonly force?: boolean;
}

/** What commands work with. */
export class CommandContext {
  constructor(
    readonly terminal: Terminal,
    readonly folder: string,
  ) {}

  /** What the making of a project needs to know. */
  get surroundings(): CreateSurroundings {
    const { folder, terminal } = this;
    return {
      folder,
      isInteractive: terminal.isInteractive,
      questions: terminal.questions,
      note: (text) => terminal.note(text),
      print: (text) => terminal.print(text),
    };
  }

  /** Whether there is an application around whose commands can be asked for. */
  get isInProject(): boolean {
    try {
      return Boolean(this.project().moduleFile);
    } catch (error) {
      if (error instanceof NoProjectError || error instanceof ApplicationModuleError) return false;
      throw error;
    }
  }

  project({ project }: ProjectOptions = {}): Project {
    return Project.around(this.folder, project);
  }

  /** The application of the project around, put together but not started; close it with `await using`. */
  async application(options: ProjectOptions = {}): Promise<AssembledApplication> {
    const project = this.project(options);
    // Settings, databases and folders are named relative to the project.
    process.chdir(project.folder);
    return this.terminal.during('Putting the application together …', async () =>
      AssembledApplication.of(await loadModule(options.module ?? project.moduleFile)),
    );
  }

  /**
   * Has a destructive command agreed to.
   *
   * @throws ProductionRefusedError, QuestionNeededError, DeclinedError
   */
  async agree(what: string, { isProduction }: CoreSettings, { yes, force }: DestructiveOptions): Promise<void> {
    if (isProduction && !force) throw new ProductionRefusedError(what);
    if (!yes && !force) await this.terminal.confirm(`${what}. Go on?`);
  }
}
