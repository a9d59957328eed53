import { randomInt } from 'node:crypto';
import { AppModule } from '@core-framework-apps/api';
import { Hash } from '@core-framework/auth';
import { createTestApp, type TestApp, type TestClient, type TestResponse } from '@core-framework/testing';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseKinds, SERVERS } from '../support/databases.js';
import { createWorld, WEAK_HASHING } from '../support/world.js';
import { type OpenApi, type Operation, operationsOf, type Schema } from './openapi-document.js';
import { Random } from './random.js';
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
  'invalid_code',
  'invalid_next',
  'invalid_state',
  'invalid_request',
  'oauth_failed',
  'two_factor_disabled',
  'two_factor_enabled',
  'unsupported_token_type',
  'email_already_registered',
  'password_too_common',
  'password_too_similar',
  'password_too_short',
  'password_too_long',
  'invalid_password',
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
    let callers: TestClient[];
    let validators: Map<Schema, ValidateFunction>;
    /** Keys of rows that were seen, by the name of the path's parameter. */
    const seen: Record<string, unknown[]> = {};

    beforeAll(async () => {
      app = await createTestApp(AppModule, {
        database: SERVERS[kind],
        env: { SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false' },
      });
      app.nest.get(Hash).configure('argon2', WEAK_HASHING);
      document = (await app.client.get('/openapi.json')).json<OpenApi>();
      values = new Values(document, random);
      const world = await app.work(createWorld);
      callers = [
        app.client,
        app.client.as({ id: world.ann.id }),
        app.client.as({ id: world.bob.id, isStaff: true }),
        app.client.as({ id: world.bob.id, isStaff: true, isSuperuser: true }),
      ];
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
      const statuses: Record<string, number> = {};
      for (let index = 0; index < REQUESTS; index++) {
        const request = makeRequest(random.pick(operations));
        const { operation, url, body } = request;
        const text = body === undefined ? undefined : JSON.stringify(body);
        const answer = await random.pick(callers).request(operation.method, url, {
          ...(text !== undefined && { body: text, headers: { 'content-type': 'application/json' } }),
        });
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        check(request, answer);
        remember(answer);
      }
      // A fuzz that is only refused would prove little.
      expect(statuses[200]).toBeGreaterThan(REQUESTS / 40);
      expect(statuses[400]).toBeGreaterThan(REQUESTS / 50);
    });

    function makeRequest(operation: Operation): FuzzRequest {
      let url = operation.path;
      const query = new URLSearchParams();
      for (const { name, in: place, schema } of operation.parameters) {
        if (place === 'path')
          url = url.replace(`{${name}}`, encodeURIComponent(pathValue(name, schema).toWellFormed()));
        else if (place === 'query' && random.chance(0.3)) {
          query.append(name, textOf(random.chance(0.7) ? values.valid(schema) : values.hostile()));
        }
      }
      if (random.chance(0.03)) query.append('surprise', '1');
      if (query.size > 0) url += `?${query.toString()}`;
      if (!operation.body) return { operation, url };
      return {
        operation,
        url,
        body: random.chance(0.5) ? values.valid(operation.body) : values.broken(operation.body),
      };
    }

    function pathValue(name: string, schema: Schema): string {
      const known = seen[name] ?? [];
      if (known.length > 0 && random.chance(0.8)) return textOf(random.pick(known));
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

    function remember(answer: TestResponse): void {
      const body = answer.json<{ results?: unknown[]; id?: unknown } | undefined>();
      for (const row of (body?.results ?? [body]) as Record<string, unknown>[]) {
        for (const name of ['id', 'slug']) {
          if (row?.[name] !== undefined) seen[name] = [...(seen[name] ?? []).slice(-30), row[name]];
        }
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
