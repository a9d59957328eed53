import { View } from './view.js';

/**
 * An endpoint without a model: its methods `get`, `post`, `put`, `patch` and `delete` answer the verbs of its path.
 * They get the {@link ActionContext}; `@Action({ … })` on one of them adds a schema of input, permissions or a status.
 *
 * @example
 * @ViewSet({ path: 'time', permissions: [AllowAny] })
 * class TimeView extends ApiView {
 *   get() { return { now: new Date() }; }
 * }
 */
export abstract class ApiView extends View {}
