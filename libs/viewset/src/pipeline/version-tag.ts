import { PreconditionFailedException } from '@core-framework/common';
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/**
 * The ETag of a row in a version. What is shown may hold more than the row's own columns; then `body` is given and
 * its digest follows the version, so that `If-None-Match` speaks of all that is shown and `If-Match` of the row.
 */
export function versionTag(version: unknown, body?: string): string {
  const digest = body === undefined ? '' : `-${createHash('sha1').update(body).digest('base64url').slice(0, 16)}`;
  return `"${String(version)}${digest}"`;
}

/**
 * Holds a request to the version that it names in `If-Match`.
 *
 * @throws PreconditionFailedException when the row is in another one.
 */
export function checkIfMatch(request: FastifyRequest, version: unknown): void {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return;
  const versions = tagsOf(header).map((tag) => tag.split('-', 1)[0]);
  if (!versions.includes(String(version))) throw new PreconditionFailedException();
}

/** Whether the client says that it has what is about to be sent. */
export function isUnchanged(request: FastifyRequest, tag: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  return header.trim() === '*' || tagsOf(header).includes(tagsOf(tag)[0] ?? '');
}

/** The insides of the tags in a header, weak ones among them. */
function tagsOf(header: string): string[] {
  return [...header.matchAll(/"([^"]*)"/g)].map(([, inside]) => inside ?? '');
}
