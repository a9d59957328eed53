import type { IncomingHttpHeaders } from 'node:http';

/**
 * Key of Fastify's route config by which a route takes forms. Others answer them with 415: forms are what any page
 * elsewhere may have a browser send without asking.
 */
export const FORM_BODY_ROUTE = 'coreFormBody';

/** Name of the decorator of a Fastify server that reads forms with files. */
export const FORM_READER = 'coreReadsForms';

const FORM_TYPES = /^\s*(?:multipart\/form-data|application\/x-www-form-urlencoded)\s*(?:;|$)/i;

/** Whether a request says that its body is a form. */
export function announcesForm({ 'content-type': contentType = '' }: IncomingHttpHeaders): boolean {
  return FORM_TYPES.test(contentType);
}

const FORM = Symbol.for('@core-framework/common:form-body');

/** Marks the values of a form: texts and files, in which a number or a boolean is written as text. */
export function asFormBody<T extends object>(values: T): T {
  return Object.defineProperty(values, FORM, { value: true });
}

/** Whether a parsed body came as a form, not as JSON. */
export function isFormBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && FORM in body;
}
