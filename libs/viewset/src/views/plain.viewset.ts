import { View } from './view.js';

/**
 * A ViewSet without a model: its methods `list`, `create`, `retrieve`, `update`, `partialUpdate` and `destroy` are routed
 * as those of a model's ViewSet are, and do what they like. Its `path` must be named; `context.params.id` is the text
 * that stands for one object.
 *
 * @example
 * @ViewSet({ path: 'clocks' })
 * class ClockViewSet extends PlainViewSet {
 *   list() { return ['utc']; }
 *   retrieve({ params }: ActionContext) { return { id: params['id'], now: new Date() }; }
 * }
 */
export abstract class PlainViewSet extends View {}
