import type { MessageBroker } from '@core-framework/messaging';
import type { CommandContext, ProjectOptions } from '../../program/command-context.js';
import type { AssembledApplication, PackageModule } from '../../project/assembled-application.js';
import { optionalPackage } from '../../project/optional-package.js';

const MESSAGING: PackageModule = ['@core-framework/messaging', 'MessagingModule'];

type Messaging = typeof import('@core-framework/messaging');
/** The classes of the package whose instances commands ask. */
type Service = 'TopicsService' | 'DeadLetterService' | 'EventRegistry';

/**
 * Gives a service of the application's messaging to a command, the broker being connected.
 *
 * @throws PackageNotUsedError, BrokerUnreachableError
 */
export async function withMessaging<S extends Service, T>(
  context: CommandContext,
  options: ProjectOptions,
  service: S,
  work: (instance: InstanceType<Messaging[S]>, application: AssembledApplication) => Promise<T>,
): Promise<T> {
  await using application = await context.application(options);
  const messaging = await optionalPackage(() => import('@core-framework/messaging'), MESSAGING);
  const instance = serviceOf(application, messaging, service);
  if (service === 'EventRegistry') await application.withRoutes();
  else {
    const broker = application.need<MessageBroker>(messaging.MESSAGE_BROKER, MESSAGING);
    await context.terminal.during('Connecting to the broker …', () => broker.connect());
  }
  return await application.work(() => work(instance, application));
}

function serviceOf<S extends Service>(
  application: AssembledApplication,
  messaging: Messaging,
  service: S,
): InstanceType<Messaging[S]> {
  return application.need<InstanceType<Messaging[S]>>(messaging[service] as never, MESSAGING);
}
