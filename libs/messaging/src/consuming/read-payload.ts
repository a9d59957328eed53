import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { InvalidPayloadError } from '../errors/messaging.errors.js';

/**
 * Makes the data of an event an instance of the class that its handler declares. Keys that the class does not have are left
 * out, because whoever publishes may know more than whoever listens.
 *
 * @throws InvalidPayloadError when it breaks a rule of the class.
 */
export async function readPayload(event: string, type: Type<object>, data: unknown): Promise<object> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new InvalidPayloadError(event, ['it is no object']);
  }
  const payload = plainToInstance(type, data);
  const problems = await validate(payload, { whitelist: true, forbidUnknownValues: true });
  if (problems.length > 0)
    throw new InvalidPayloadError(
      event,
      problems.flatMap((problem) => messagesOf(problem)),
    );
  return payload;
}

function messagesOf({ property, constraints = {}, children = [] }: ValidationError, path = ''): readonly string[] {
  const here = `${path}${property}`;
  const own = Object.values(constraints).map((message) => `${here}: ${message}`);
  return [...own, ...children.flatMap((child) => messagesOf(child, `${here}.`))];
}
