const VERBATIM = Symbol.for('@core-framework/viewset:verbatim');

/** Takes a text of an input class as it was sent, white space around it included: for passwords. */
export function Verbatim(): PropertyDecorator {
  return (prototype, name) => Reflect.defineMetadata(VERBATIM, true, prototype, name);
}

/** Whether a property of an input class, or of a parent's, carries {@link Verbatim}. */
export function isVerbatim(schema: abstract new (...args: never[]) => object, name: string): boolean {
  return Reflect.hasMetadata(VERBATIM, schema.prototype as object, name);
}
