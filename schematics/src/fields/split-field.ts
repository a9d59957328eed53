/** Splits at a separator that is outside of quotes and brackets and has no backslash before it. */
export function splitOutside(text: string, separators: string, limit = Infinity): string[] {
  const parts: string[] = [];
  let part = '';
  let quote = '';
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && index + 1 < text.length) {
      part += character + text.charAt(index + 1);
      index += 1;
      continue;
    }
    if (quote) quote = character === quote ? '' : quote;
    else if (character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0 && separators.includes(character) && parts.length < limit - 1) {
      parts.push(part);
      part = '';
      continue;
    }
    part += character;
  }
  return [...parts, part];
}

/** A value without its quotes and backslashes. */
export function unquote(text: string): string {
  const inner = /^"(?:[^"\\]|\\.)*"$/s.test(text) ? text.slice(1, -1) : text;
  return inner.replace(/\\(.)/gs, '$1');
}
