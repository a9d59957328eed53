import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AuthBackends } from './auth-backends.js';
import { allNamedBackends } from './use-auth.decorator.js';

/** Refuses to start when `@UseAuth` names a backend that nobody registered. */
@Injectable()
export class UseAuthCheck implements OnModuleInit {
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    private readonly backends: AuthBackends,
  ) {}

  onModuleInit(): void {
    for (const module of this.modules.values()) {
      for (const { metatype } of module.controllers.values()) {
        if (typeof metatype !== 'function') continue;
        for (const name of allNamedBackends(metatype as new () => object)) this.backends.get(name);
      }
    }
  }
}
