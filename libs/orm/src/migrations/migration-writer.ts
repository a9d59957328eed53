import type { OperationCall } from './operations/operation-call.js';

const WIDTH = 120;

/** Writes the source of a migration file, formatted as prettier would. */
export function migrationSourceOf(className: string, calls: readonly OperationCall[]): string {
  const names = [...new Set(calls.map(({ name }) => name)), 'Migration'].toSorted((one, other) =>
    one.toLowerCase() < other.toLowerCase() ? -1 : 1,
  );
  const importLine = `import { ${names.join(', ')} } from '@core-framework/orm';`;
  const imports =
    importLine.length <= WIDTH
      ? importLine
      : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '@core-framework/orm';`;
  const operations = calls.map((call) => `    ${callOf(call, 4)},\n`).join('');
  return `${imports}\n\nexport class ${className} extends Migration {\n  readonly operations = [\n${operations}  ];\n}\n`;
}

function callOf({ name, args }: OperationCall, indent: number): string {
  const flat = `${name}(${args.map(inline).join(', ')})`;
  if (name !== 'createTable' && indent + flat.length + 1 <= WIDTH) return flat;
  const parts = args.map((arg, index) =>
    index === args.length - 1 ? spread(arg, indent, name === 'createTable' ? 2 : 1) : inline(arg),
  );
  return `${name}(${parts.join(', ')})`;
}

/** Objects over several lines: always for `levels` levels, further down where they do not fit; lists where they do not. */
function spread(value: unknown, indent: number, levels: number, key = ''): string {
  const flat = inline(value);
  const fits = indent + key.length + flat.length + 1 <= WIDTH;
  const isList = Array.isArray(value);
  if (!(isList || isRecord(value)) || flat === '{}' || (fits && (isList || levels <= 0))) return flat;
  const lines = isList
    ? value.map((entry) => inline(entry))
    : Object.entries(value).map(([name, entry]) => {
        const start = `${keyOf(name)}: `;
        return start + spread(entry, indent + 2, levels - 1, start);
      });
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.map((line) => `${' '.repeat(indent + 2)}${line},\n`).join('')}${' '.repeat(indent)}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, entry]) => `${keyOf(key)}: ${inline(entry)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

function keyOf(key: string): string {
  return /^[a-z_$][\w$]*$/i.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (text.includes("'") && !text.includes('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
