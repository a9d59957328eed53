import { type Clock, CLOCK, CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { Global, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ModelClass } from '../fields/field-definition.js';
import { ConnectionPlan, type ModelClaim } from './connection-plan.js';
import { Connections } from './connections.js';

/** A connection that one `forRoot` opens, and the models that it lists. */
export class ConnectionDeclaration implements ModelClaim {
  constructor(
    readonly connection: string,
    readonly models: readonly ModelClass[],
  ) {}
}

/** The models that one `forFeature` names. */
export class FeatureModels implements ModelClaim {
  constructor(
    readonly models: readonly ModelClass[],
    readonly connection?: string,
  ) {}
}

/** Holds the connections of an application; being one static module it exists once in each. */
@Global()
@Module({
  imports: [CommonModule],
  providers: [
    {
      provide: Connections,
      inject: [ModulesContainer, CLOCK, { token: CoreSettings, optional: true }],
      useFactory: (modules: ModulesContainer, clock: Clock, settings?: CoreSettings) =>
        new Connections(planOf(modules), { clock, zone: settings?.useTz ? settings.timezone : 'UTC' }),
    },
  ],
  exports: [Connections],
})
export class ConnectionsModule {}

function planOf(modules: ModulesContainer): ConnectionPlan {
  const declared = valuesOf(modules, ConnectionDeclaration);
  const names = declared.map(({ connection }) => connection);
  return new ConnectionPlan(names, [...declared, ...valuesOf(modules, FeatureModels)]);
}

function valuesOf<T extends object>(modules: ModulesContainer, type: abstract new (...args: never[]) => T): T[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const value: unknown = providers.get(type as never)?.instance;
    return value instanceof type ? [value] : [];
  });
}
