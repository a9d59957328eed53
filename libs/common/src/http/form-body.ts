const FORM = Symbol.for('@core-framework/common:form-body');

/** Marks the values of a form: texts and files, in which a number or a boolean is written as text. */
export function asFormBody<T extends object>(values: T): T {
  return Object.defineProperty(values, FORM, { value: true });
}

/** Whether a parsed body came as a form, not as JSON. */
export function isFormBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && FORM in body;
}
