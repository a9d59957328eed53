import { CoreSettings, PaginationSettings } from '@core-framework/config';
import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  type ResolvedViewSetModuleOptions,
  resolveViewSetModuleOptions,
  VIEWSET_MODULE_OPTIONS,
  type ViewSetModuleOptions,
} from './viewset.options.js';

/** What an application says about all its views: the options of the module, and its settings where they are silent. */
@Injectable()
export class ViewSetDefaults {
  #options: ResolvedViewSetModuleOptions | undefined;

  constructor(private readonly modules: ModuleRef) {}

  /** Absent in an application without `SettingsModule`. */
  get settings(): CoreSettings | undefined {
    return this.#find<CoreSettings>(CoreSettings);
  }

  /** @throws UnknownOptionError, InvalidOptionError */
  get options(): ResolvedViewSetModuleOptions {
    const given = this.#find<ViewSetModuleOptions>(VIEWSET_MODULE_OPTIONS) ?? {};
    return (this.#options ??= resolveViewSetModuleOptions(given, this.settings ?? new PaginationSettings()));
  }

  // Looked for across all modules: neither need be there, nor know of ViewSets.
  #find<T>(token: symbol | Type<object>): T | undefined {
    try {
      return this.modules.get<T>(token, { strict: false });
    } catch {
      return undefined;
    }
  }
}
