import type { Terminal } from '../../terminal/terminal.js';

/** How many rows of one model are a step. */
const STEP = 10_000;

/** Passes fixtures on, and tells somebody who watches how many of each model have gone by. */
export async function* toldRows<T>(verb: string, fixtures: AsyncIterable<T>, terminal: Terminal): AsyncGenerator<T> {
  let [model, count] = ['', 0];
  const tell = () => terminal.step(`${verb} ${model}: ${count} rows`);
  for await (const fixture of fixtures) {
    const next = modelOf(fixture);
    if (next !== model) {
      if (count % STEP) tell();
      [model, count] = [next, 0];
    }
    if (++count % STEP === 0) tell();
    yield fixture;
  }
  if (count % STEP) tell();
}

/** What is no fixture is told by whoever reads it. */
function modelOf(fixture: unknown): string {
  const model: unknown = typeof fixture === 'object' && fixture !== null ? Reflect.get(fixture, 'model') : undefined;
  return typeof model === 'string' ? model : '';
}
