import type { ModulesContainer } from '@nestjs/core';

/** How Nest's `RouterModule` marks the class of a module with its prefix; the id of the application follows. */
const PREFIX_KEY = '__module_path__';

/**
 * Gives the prefix of a module to the features that it imports: their views are its own in all but name. To be called
 * once all modules are made and before routes are registered.
 */
export function carryModulePaths(modules: ModulesContainer, isFeature: (module: object) => boolean): void {
  for (const { metatype: importer, imports } of modules.values()) {
    for (const { metatype: feature } of imports) {
      if (!isFeature(feature)) continue;
      for (const key of Reflect.getOwnMetadataKeys(importer) as unknown[]) {
        if (typeof key !== 'string' || !key.startsWith(PREFIX_KEY)) continue;
        Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, importer), feature);
      }
    }
  }
}

/** The prefix that `RouterModule`, or an importing module that has one, gives the routes of a module. */
export function modulePathOf(module: object, { applicationId }: ModulesContainer): string {
  return String(Reflect.getOwnMetadata(`${PREFIX_KEY}${applicationId}`, module) ?? '');
}
