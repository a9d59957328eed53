import { randomInt } from 'node:crypto';
import { AppModule } from '@core-framework-apps/api';
import { Hash } from '@core-framework/auth';
import { createTestApp, type TestApp, type TestResponse } from '@core-framework/testing';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseKinds, SERVERS } from '../support/databases.js';
import { createWorld, WEAK_HASHING } from '../support/world.js';
import { type OpenApi, type Operation, operationsOf, type Schema } from './openapi-document.js';
import { Random } from './random.js';
import { Callers } from './callers.js';
import { SeenKeys } from './seen-keys.js';
import { Tally } from './tally.js';
import { Values } from './values.js';

/** Requests per database; `npm run test:fuzz` sends more. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 400);
/** The short run is the same each time: what it once let through, it lets through again. */
const SEED = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_REQUESTS ? randomInt(2 ** 31) : 1));

/** Codes by which a body is refused although its schema allows it: they depend on rows, or a schema cannot say it. */
const BEYOND_SCHEMA = new Set([
  'unique',
  'unique_together',
  'does_not_exist',
  'blank',
  'null_characters_not_allowed',
  'surrogate_characters_not_allowed',
  'invalid_token',
  'matches',
  'invalid_code',
  'invalid_next',
  'invalid_state',
  'invalid_request',
  'oauth_failed',
  'two_factor_disabled',
  'two_factor_enabled',
  'unsupported_token_type',
  'email_already_registered',
  'expires_in_the_past',
  'password_too_common',
  'password_too_similar',
  'password_too_short',
  'password_too_long',
  'invalid_password',
  'password_required',
]);

/** Statuses of requests that are turned away before any operation is found; `default` describes them. */
const BEFORE_OPERATIONS = new Set([414]);

interface FuzzRequest {
  readonly operation: Operation;
  readonly url: string;
  readonly body?: unknown;
}

describe.each(await databaseKinds())(
  `every route of the sample keeps to its document on %s (FUZZ_SEED=${SEED})`,
  (kind) => {
    const random = new Random(SEED);
    let app: TestApp;
    let document: OpenApi;
    let values: Values;
    let callers: Callers;
    let validators: Map<Schema, ValidateFunction>;
    const seen = new SeenKeys(random);

    beforeAll(async () => {
      app = await createTestApp(AppModule, {
        database: SERVERS[kind],
        env: { SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false' },
      });
      app.nest.get(Hash).configure('argon2', WEAK_HASHING);
      document = (await app.client.get('/openapi.json')).json<OpenApi>();
      values = new Values(document, random);
      const world = await app.work(createWorld);
      callers = new Callers(app.client, random, [
        app.client,
        app.client.as({ id: world.ann.id }),
        app.client.as({ id: world.bob.id, isStaff: true }),
        app.client.as({ id: world.bob.id, isStaff: true, isSuperuser: true }),
      ]);
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      formats.default(ajv);
      ajv.addSchema({ $id: 'document', ...document });
      validators = new Map();
      for (const { body, answers } of operationsOf(document)) {
        for (const schema of [body, ...answers.values()]) {
          if (schema) validators.set(schema, ajv.compile(anchored(schema)));
        }
      }
    });
    afterAll(() => app.close());

    test('answers have a status that is described, and the schema that stands there', async () => {
      const operations = operationsOf(document);
      const tally = new Tally(operations);
      for (let index = 0; index < REQUESTS; index++) {
        const request = makeRequest(random.pick(operations));
        const { operation, url, body } = request;
        const text = body === undefined ? undefined : JSON.stringify(body);
        const caller = await callers.next();
        const answer = await caller.request(operation.method, url, {
          ...(text !== undefined && { body: text, headers: { 'content-type': 'application/json' } }),
        });
        if (answer.status === 401) callers.signOut(caller);
        tally.note(operation, answer.status, caller !== app.client);
        check(request, answer);
        seen.note(operation.path, answer.json());
      }
      // A fuzz that is only refused would prove little.
      expect(tally.count(200)).toBeGreaterThan(REQUESTS / 40);
      expect(tally.count(200, 'signed in')).toBeGreaterThan(REQUESTS / 80);
      expect(tally.count(400)).toBeGreaterThan(REQUESTS / 50);
      if (process.env.FUZZ_REQUESTS) process.stdout.write(`${kind}, FUZZ_SEED=${SEED}\n${tally.toString()}\n`);
    });

    function makeRequest(operation: Operation): FuzzRequest {
      let url = operation.path;
      const query = new URLSearchParams();
      for (const { name, in: place, schema } of operation.parameters) {
        if (place === 'path') {
          const value = pathValue(operation.path, name, schema);
          url = url.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()));
        } else if (place === 'query' && random.chance(0.3)) {
          query.append(name, textOf(random.chance(0.7) ? values.valid(schema) : values.hostile()));
        }
      }
      if (random.chance(0.03)) query.append('surprise', '1');
      if (query.size > 0) url += `?${query.toString()}`;
      if (!operation.body) return { operation, url };
      return {
        operation,
        url,
        body: random.chance(0.5) ? seen.related(values.valid(operation.body)) : values.broken(operation.body),
      };
    }

    function pathValue(path: string, name: string, schema: Schema): string {
      const known = seen.keyFor(path, name);
      if (known !== undefined && random.chance(0.8)) return textOf(known);
      return textOf(random.chance(0.5) ? values.valid(schema) : values.hostile()) || 'x';
    }

    function check({ operation, url, body }: FuzzRequest, answer: TestResponse): void {
      const what = `${operation.method} ${url.slice(0, 300)} ${JSON.stringify(body)?.slice(0, 300) ?? ''} → ${answer.status} ${answer.text.slice(0, 500)}`;
      expect([answer.status < 500, what]).toEqual([true, what]);
      const described = BEFORE_OPERATIONS.has(answer.status) ? 'default' : String(answer.status);
      expect([operation.answers.has(described), what]).toEqual([true, what]);
      const schema = operation.answers.get(described);
      if (schema) {
        const validate = validators.get(schema)!;
        expect([validate(answer.json()), validate.errors, what]).toEqual([true, null, what]);
      }
      if (body === undefined || !operation.body) return;
      const allowed = validators.get(operation.body)!(body);
      if (!allowed && answer.status < 300) {
        // Names that are only read are passed over, so that what was read may be sent back; no document can say so.
        const sent = values.withoutUnknown(operation.body, body);
        expect([validators.get(operation.body)!(sent), what]).toEqual([true, what]);
      } else if (allowed && answer.status === 400) {
        const { code, errors = {} } = answer.json<{ code: string; errors?: object }>();
        const codes = [code, ...Object.values(errors).flatMap(codesOf)];
        expect([codes.some((code) => BEYOND_SCHEMA.has(code)) || url.includes('?'), what]).toEqual([true, what]);
      }
    }
  },
);

/** Has references lead into the document that was added under its name. */
function anchored(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as Schema;
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? value.join(',') : '{}') : String(value);
}

/** The codes in the errors of a field, whose items may have errors of their own. */
function codesOf(errors: unknown): string[] {
  if (Array.isArray(errors)) return errors.map(({ code }: { code: string }) => code);
  return Object.values(errors as object).flatMap(codesOf);
}
