import { join } from 'node:path';
import * as prettier from 'prettier';

/** What generated code looks like in a project that has no opinion of its own. */
const OWN_STYLE: prettier.Options = { printWidth: 120, singleQuote: true, trailingComma: 'all' };

/** How the project wants a file to look. */
async function styleOf(file: string): Promise<prettier.Options> {
  const path = join(process.cwd(), file);
  const style = await prettier.resolveConfig(path, { editorconfig: true });
  return { ...(style ?? OWN_STYLE), filepath: path };
}

/** Formats a file as the project's Prettier would. */
export async function format(file: string, text: string): Promise<string> {
  return prettier.format(text, await styleOf(file));
}

/** Formats what became of a file by an edit, if it was formatted before: whoever formats by other rules keeps them. */
export async function formatLike(file: string, before: string, after: string): Promise<string> {
  const style = { endOfLine: 'auto' as const, ...(await styleOf(file)) };
  const wasFormatted = await prettier.check(before, style).catch(() => false);
  return wasFormatted ? prettier.format(after, style) : after;
}
