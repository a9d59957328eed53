import { Injectable } from '@nestjs/common';
import { UndecoratedViewError } from '../errors/viewset.errors.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { CompiledAction } from './compiled-action.js';
import type { CompiledView } from './compiled-view.js';

/** The compiled views of one application. */
@Injectable()
export class ViewSetRegistry {
  readonly #views = new Map<AnyClass, CompiledView>();

  add(compiled: CompiledView): void {
    this.#views.set(compiled.view, compiled);
  }

  has(view: AnyClass): boolean {
    return this.#views.has(view);
  }

  /** @throws UndecoratedViewError when the class was not compiled at start-up. */
  get(view: AnyClass): CompiledView {
    const compiled = this.#views.get(view);
    if (!compiled) throw new UndecoratedViewError(view.name);
    return compiled;
  }

  get all(): readonly CompiledView[] {
    return [...this.#views.values()];
  }

  get actions(): readonly CompiledAction[] {
    return this.all.flatMap(({ pipelines }) => pipelines.map(({ action }) => action));
  }
}
