import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { camelCase, kebabCase } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import { registerNear } from '../registration/register.js';
import { checkChannel, type ClassOptions, planClass, wordList } from '../single-class/single-class.js';

/** Options of core-consumer. */
interface ConsumerOptions extends ClassOptions {
  /** Consumers of one group share the events. @defaultValue the name of the class, in kebab-case */
  readonly group?: string;
  /** @defaultValue the name with `-events` */
  readonly topics?: readonly string[] | string;
  /** Names of events that get a method. @defaultValue one for whatever comes: `*` */
  readonly events?: readonly string[] | string;
  /** Topics as well. */
  readonly type?: string;
}

/** Makes a consumer of events and registers it with the messaging module. */
export function coreConsumer(options: ConsumerOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const kind = { suffix: 'Consumer', role: 'consumer', folder: 'consumers' };
    const { base, className, path, project } = planClass(tree, options, kind);
    const given = wordList(options.topics, options.type).map((topic) => checkChannel('a topic', topic));
    const events = wordList(options.events);
    const text = render('core-consumer/files/consumer.ts', {
      className,
      group: checkChannel('a group', options.group ?? kebabCase(base)),
      topics: given.length > 0 ? given : [`${kebabCase(base)}-events`],
      events: (events.length > 0 ? events : ['*']).map((name) => ({ name, method: methodOf(name) })),
    });
    const plan = new FilePlan(tree, logger, options.force);
    await plan.write({ path, text });
    if (options.skipImport) return;
    const registration = (module: string) => ({
      list: 'imports' as const,
      entry: `MessagingModule.forFeature([${className}])`,
      imports: [
        { name: 'MessagingModule', from: '@core-framework/messaging' },
        { name: className, from: relativeImport(module, path) },
      ],
    });
    await registerNear(path, { className, registration }, { project, plan, reporter: logger });
    if (
      !project
        .mentions('MessagingModule')
        .some((file) => /MessagingModule\s*\.forRoot/.test(project.workspace.read(file) ?? ''))
    ) {
      logger.warn('Nothing delivers events yet: import MessagingModule.forRoot() in the root module.');
    }
  };
}

/** `user.created` → `onUserCreated`. */
function methodOf(event: string): string {
  const name = camelCase(event.replaceAll('*', 'any'));
  return `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
