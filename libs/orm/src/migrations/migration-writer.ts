import { type OperationCall, operationOf } from './operations/operation-call.js';

const WIDTH = 120;

/** What a migration file says. */
export interface MigrationText {
  readonly className: string;
  readonly calls: readonly OperationCall[];
  readonly dependencies?: readonly string[];
  readonly replaces?: readonly string[];
  /** Says what it does where it has no operations. */
  readonly summary?: string;
}

/** Writes the source of a migration file, formatted as prettier would. */
export function migrationSourceOf({ className, calls, dependencies, replaces, summary }: MigrationText): string {
  const names = [...new Set(calls.map(({ name }) => name)), 'Migration'].toSorted((one, other) =>
    one.toLowerCase() < other.toLowerCase() ? -1 : 1,
  );
  const importLine = `import { ${names.join(', ')} } from '@core-framework/orm';`;
  const imports =
    importLine.length <= WIDTH
      ? importLine
      : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '@core-framework/orm';`;
  const body = [
    namesField('dependencies', dependencies),
    namesField('replaces', replaces),
    operationsField(calls.map((call) => callOf(call, 4))),
  ].join('');
  return `${imports}\n\n${headerOf(calls, summary)}export class ${className} extends Migration {\n${body}}\n`;
}

/** Says what it does, one line per operation. */
function headerOf(calls: readonly OperationCall[], summary = ''): string {
  const lines = calls.map((call) => operationOf(call).description.replaceAll('*/', '* /'));
  const [only = summary] = lines;
  if (lines.length <= 1) return `/** ${capitalized(only)}. */\n`;
  return `/**\n${lines.map((line) => ` * - ${line}\n`).join('')} */\n`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function namesField(field: string, names: readonly string[] | undefined): string {
  if (!names?.length) return '';
  return `  override readonly ${field} = ${spread(names, 2, 0, `override readonly ${field} = `)};\n`;
}

function operationsField(calls: readonly string[]): string {
  const start = '  readonly operations = [';
  const flat = `${start}${calls.join(', ')}];`;
  if (flat.length <= WIDTH && !flat.includes('\n')) return `${flat}\n`;
  return `${start}\n${calls.map((call) => `    ${call},\n`).join('')}  ];\n`;
}

function callOf({ name, args }: OperationCall, indent: number): string {
  const flat = `${name}(${args.map(inline).join(', ')})`;
  if (name !== 'createTable' && indent + flat.length + 1 <= WIDTH && !args.some(isAlwaysSpread)) return flat;
  // Prettier keeps the last argument beside the others when it is an object, and puts each on a line when there are two.
  const objects = args.filter((arg) => isRecord(arg) || Array.isArray(arg));
  if (objects.length > 1 || !isRecord(args.at(-1))) {
    const lines = args.map((arg) => `${' '.repeat(indent + 2)}${spread(arg, indent + 2, 0)},\n`);
    return `${name}(\n${lines.join('')}${' '.repeat(indent)})`;
  }
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
  if (!(isList || isRecord(value)) || flat === '{}' || (fits && (isList || levels <= 0) && !isAlwaysSpread(value)))
    return flat;
  const lines = isList
    ? value.map((entry) => spread(entry, indent + 2, 0))
    : Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([name, entry]) => {
          const start = `${keyOf(name)}: `;
          return start + spread(entry, indent + 2, levels - 1, start);
        });
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.map((line) => `${' '.repeat(indent + 2)}${line},\n`).join('')}${' '.repeat(indent)}${close}`;
}

/** Prettier never writes lists of several objects with several properties each on one line, nor what is around them. */
function isAlwaysSpread(value: unknown): boolean {
  if (isRecord(value)) return Object.values(value).some(isAlwaysSpread);
  if (!Array.isArray(value)) return false;
  const isTable = value.length > 1 && value.every((entry) => isRecord(entry) && Object.keys(entry).length > 1);
  return isTable || value.some(isAlwaysSpread);
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    const texts = entries.map(([key, entry]) => `${keyOf(key)}: ${inline(entry)}`);
    return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
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
