import { inspect } from 'node:util';
import { Script } from 'node:vm';

/** Runs code in which `await` may stand anywhere and names mean what they are given; answers its value, if it has one. */
export async function evaluate(code: string, names: Readonly<Record<string, unknown>>): Promise<unknown> {
  const parameters = Object.keys(names).join(', ');
  const script =
    compiled(`(async ({ ${parameters} }) => (\n${code}\n))`) ??
    new Script(`(async ({ ${parameters} }) => {\n${code}\n})`);
  const run = script.runInThisContext() as (given: typeof names) => Promise<unknown>;
  return run(names);
}

/** Writes a value as Node's prompt does. */
export function inspected(value: unknown): string {
  return inspect(value, { depth: 4, colors: false });
}

/** Code is an expression, or else statements, which give nothing unless they return it. */
function compiled(code: string): Script | undefined {
  try {
    return new Script(code);
  } catch {
    return undefined;
  }
}
