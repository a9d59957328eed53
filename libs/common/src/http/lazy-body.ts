/**
 * A body that nobody has read yet. Routes that must refuse a request before they look at its body
 * (401, 403, 404 before 400) get one of these instead of the parsed value.
 */
export class LazyBody {
  #value?: Promise<unknown>;

  constructor(private readonly parse: () => Promise<unknown>) {}

  /**
   * Reads and parses the body; later calls give the same value.
   *
   * @throws ParseException, PayloadTooLargeException, UnsupportedMediaTypeException
   */
  read(): Promise<unknown> {
    return (this.#value ??= this.parse());
  }
}

/** Key of Fastify's route config that asks for a {@link LazyBody} instead of a parsed one. */
export const LAZY_BODY_ROUTE = 'coreLazyBody';
