import { CoreError } from '@core-framework/common';

/** Thrown when a factory is used and the package that invents its values is not installed. */
export class MissingFakerError extends CoreError {
  readonly code = 'FACTORY_FAKER_MISSING';

  constructor(cause: unknown) {
    super('Factories need the package @faker-js/faker, which cannot be loaded.', {
      fix: 'Run npm install --save-dev @faker-js/faker (as a dependency if the application seeds in production).',
      cause,
    });
  }
}

/** Thrown when a factory is asked for a state that it does not have. */
export class UnknownFactoryStateError extends CoreError {
  readonly code = 'FACTORY_UNKNOWN_STATE';

  constructor(model: string, state: string, states: readonly string[]) {
    super(`The factory of ${model} has no state "${state}".`, {
      fix: states.length === 0 ? 'Declare it in the third argument of defineFactory().' : `Use ${states.join(' or ')}.`,
    });
  }
}

/** Thrown when a seeder is asked for that the application does not provide. */
export class UnknownSeederError extends CoreError {
  readonly code = 'SEEDER_UNKNOWN';

  constructor(
    readonly seeder: string,
    known: readonly string[],
  ) {
    super(`There is no seeder "${seeder}".`, {
      fix: known.length === 0 ? 'Decorate a provider with @Seeder().' : `Use ${known.join(', ')}.`,
    });
  }
}

/** Thrown when seeders depend on each other in a circle. */
export class SeederOrderError extends CoreError {
  readonly code = 'SEEDER_ORDER';

  constructor(circle: readonly string[]) {
    super(`Seeders depend on each other in a circle: ${circle.join(' → ')}.`, {
      fix: 'Take one of them out of dependsOn.',
    });
  }
}
