import type { ModelClass } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { SchemaBases } from '../schemas/schema-basis.js';
import type { FilterDeclarations } from './filter-declaration.js';

/** A class of filters, derived with {@link FilterSet}; what its constructor names is injected. */
export type FilterSetClass<T extends object = object> = Type<FilterSetBase<T>>;

/** What filter classes have in common. */
export abstract class FilterSetBase<T extends object> {
  /** For the compiler: the model whose rows it narrows. */
  declare readonly filtered: T;
}

interface FilterSetBasis {
  readonly model: ModelClass;
  readonly declarations: FilterDeclarations<object>;
}

const bases = new SchemaBases<FilterSetBasis>();

/**
 * Derives a class of filters from a model: those that compare fields are declared, others are methods with `@Filter()`.
 * One whose constructor injects carries `@Injectable()`.
 *
 * @example
 * @Injectable()
 * class PostFilter extends FilterSet(Post, ['isPublished', { viewsCount: ['gte', 'lt'] }]) {
 *   constructor(private readonly trends: Trends) { super(); }
 *
 *   @Filter() popular(posts: QuerySet<Post>, value: boolean) {
 *     return value ? posts.filter({ viewsCount__gte: this.trends.threshold }) : posts;
 *   }
 * }
 */
export function FilterSet<T extends object>(
  model: ModelClass<T>,
  declarations: FilterDeclarations<T> = [],
): abstract new () => FilterSetBase<T> {
  abstract class Filters extends FilterSetBase<T> {}
  bases.record(Filters, { model, declarations });
  return Filters;
}

/** What a class was derived from with {@link FilterSet}, if it was. */
export function filterSetBasisOf(type: unknown): FilterSetBasis | undefined {
  return typeof type === 'function' ? bases.find(type as AnyClass) : undefined;
}
