import { isModel, type ModelClass } from '@core-framework/orm';
import { derivedOutput } from './output-schema.js';
import type { CompiledOutput, OutputCompiler } from './output.compiler.js';
import type { Row } from './output-property.js';

/** Turns what actions return into what may be sent: rows become what a schema shows of them, wherever they stand. */
export class Presenter {
  constructor(
    private readonly outputs: OutputCompiler,
    /** Shows the rows of the view's own model. */
    private readonly own?: CompiledOutput,
  ) {}

  /**
   * Shows every entity inside a value; plain data stays as it is, big integers become texts.
   * An entity of another model is shown by the schema derived from it, so that hidden fields stay hidden.
   */
  async present(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return this.#presentAll(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isEntity(value)) return (await this.#outputOf(value).represent([value as Row]))[0];
    if (!isPlain(value)) return value;
    const entries = Object.entries(value).map(async ([name, part]) => [name, await this.present(part)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async #presentAll(values: readonly unknown[]): Promise<unknown[]> {
    const [first] = values;
    const sameModel =
      isEntity(first) && values.every((value) => isEntity(value) && value.constructor === first.constructor);
    if (sameModel) return this.#outputOf(first).represent(values as readonly Row[]);
    return Promise.all(values.map((value) => this.present(value)));
  }

  #outputOf(entity: object): CompiledOutput {
    if (this.own && entity instanceof this.own.model.model) return this.own;
    return this.outputs.compile(derivedOutput(entity.constructor as ModelClass));
  }
}

function isEntity(value: unknown): value is object {
  return typeof value === 'object' && value !== null && isModel(value.constructor);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
