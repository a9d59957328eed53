import type { ConsumerOptions } from '../decorators/consumer.decorator.js';
import { InvalidConsumerError } from '../errors/messaging.errors.js';
import type { ConsumerDeclaration } from '../metadata/messaging.metadata.js';

/** What consumers of a group say of it together. @throws InvalidConsumerError when one contradicts another. */
export function agreedOptions(
  group: string,
  consumers: readonly ConsumerDeclaration[],
): Partial<Omit<ConsumerOptions, 'topics'>> {
  const said = new Map<string, unknown>();
  for (const { options } of consumers) {
    for (const [name, value] of Object.entries(options)) {
      if (name === 'topics' || value === undefined) continue;
      const before = said.get(name) ?? value;
      if (before !== value) {
        throw new InvalidConsumerError(
          `Consumers of the group "${group}" say different things of its ${name}: ${String(before)} and ${String(value)}.`,
          'They are one group: say it at one of them, or the same at all.',
        );
      }
      said.set(name, value);
    }
  }
  return Object.fromEntries(said);
}
