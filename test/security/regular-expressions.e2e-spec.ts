import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { check } from 'recheck';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What reads nothing that a client sends. */
const OF_DEVELOPERS = /\.spec\.ts$|\/(?:testing|test-support)\/|^libs\/(?:cli|create-core-app)\//;
/** Those that may take longer, with what they read. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  [String.raw`/'((?:[^'\\]|''|\\.)*)'/gs`]: 'types of columns as MySQL writes them',
};

/** The regular expressions that stand in the source of the packages, each with a place where it does. */
function regularExpressions(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of globSync('libs/*/src/**/*.ts', { cwd: ROOT })) {
    if (OF_DEVELOPERS.test(path)) continue;
    const file = ts.createSourceFile(path, readFileSync(`${ROOT}/${path}`, 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) found.set(node.text, path);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

test('SEC-72: no regular expression takes more than linear time, whatever it is given', async () => {
  const found = regularExpressions();
  expect(found.size).toBeGreaterThan(200);
  const slow: string[] = [];
  for (const [text, path] of found) {
    if (text in EXCEPTIONS) continue;
    const end = text.lastIndexOf('/');
    const answer = await check(text.slice(1, end), text.slice(end + 1), { timeout: 20_000 });
    if (answer.status !== 'safe') slow.push(`${path}: ${text} (${answer.status})`);
  }
  expect(slow).toEqual([]);
  expect(Object.keys(EXCEPTIONS).filter((text) => !found.has(text))).toEqual([]);
}, 240_000);
