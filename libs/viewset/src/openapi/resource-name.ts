import type { CompiledView } from '../compiler/compiled-view.js';

/** What a view is called where people read it: `Post` of a `PostViewSet`. */
export function resourceName({ view }: CompiledView): string {
  return view.name.replace(/(?:ViewSet|View)$/, '') || view.name;
}
