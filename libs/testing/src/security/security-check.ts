import type { TestApp } from '../app/test-app.js';
import type { TestClient } from '../client/test-client.js';
import { SecurityCheckError } from '../errors/testing.errors.js';
import { addressOf } from '../routes/sample-address.js';

/** The application that {@link SECURITY_CHECKS} look at. */
export interface SecurityTarget {
  readonly app: TestApp;
  /** The routes that are open on purpose, as for `assertRouteInventory`. */
  readonly open: readonly string[];
  /** A caller who may do everything, so that hostile input gets as far as it can. */
  readonly caller: TestClient;
  /** What to call instead of the parameters of paths. @defaultValue `{ id: '1' }`, and `x` for others */
  readonly params?: Readonly<Record<string, string>>;
}

/** A statement that every application should keep. */
export interface SecurityCheck {
  /** Its number in the checklist of the framework: `SEC-15`. */
  readonly id: string;
  readonly title: string;
  /** @throws SecurityCheckError, which lists the routes that do not keep it. */
  check(target: SecurityTarget): Promise<void>;
}

/** One operation of the API's document. */
export interface DocumentedRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The path with its parameters filled in. */
  readonly address: string;
  /** Whether a body is described, and as JSON. */
  readonly takesJson: boolean;
  /** Names of the properties of its body, where the schema tells. */
  readonly fields: readonly string[];
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: Body } | undefined>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The operations that the application documents. */
export async function documentedRoutes({ app, params }: SecurityTarget): Promise<readonly DocumentedRoute[]> {
  const { paths, components } = (await app.client.get('/openapi.json')).json<ApiDocument>();
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method.toLowerCase()];
      if (!operation) return [];
      const schema = operation.requestBody?.content?.['application/json']?.schema;
      const named = schema?.$ref ? components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] : schema;
      const address = addressOf(path.replaceAll(/\{(\w+)\}/g, ':$1'), params);
      return [{ method, path, address, takesJson: schema !== undefined, fields: Object.keys(named?.properties ?? {}) }];
    }),
  );
}

/** Makes a check of a work that answers what it found wrong. */
export function statement(
  id: string,
  title: string,
  find: (target: SecurityTarget) => Promise<readonly string[]>,
): SecurityCheck {
  return {
    id,
    title,
    async check(target) {
      const findings = await find(target);
      if (findings.length > 0) throw new SecurityCheckError(`${id}: ${title}`, findings);
    },
  };
}
