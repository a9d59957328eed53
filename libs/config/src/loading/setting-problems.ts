import type { ValidationError } from 'class-validator';
import type { SettingDefinition } from '../definition/setting-definition.js';
import type { InvalidSetting } from '../errors/config.errors.js';

const LONGEST_QUOTE = 60;
/** How class-validator starts a message before it names the property. */
const SUBJECTS = ['', 'each value in '];
const PASSWORD_OF_ADDRESS = /(:\/\/[^\s/:@]*):[^\s/@]*@/g;

/** Collects what is wrong, at most once per setting, in words that name variables and never quote a secret. */
export class SettingProblems {
  readonly #problems = new Map<string, InvalidSetting>();

  get all(): readonly InvalidSetting[] {
    return [...this.#problems.values()];
  }

  /** Says that the text of a variable is not what it must be. */
  addMalformed(definition: SettingDefinition, name: string, expected: string, text: string): void {
    this.#add(definition, name, `${label(definition, name)} must be ${expected}${quote(definition, text)}.`);
  }

  addConflict(definition: SettingDefinition, names: readonly string[]): void {
    const [first = definition.variable, ...others] = names;
    const sentence = `${first} and ${others.join(' and ')} mean the same and have different values; set one of them.`;
    this.#add(definition, first, sentence);
  }

  /** Adds the end of a sentence that starts with the variable: `must be set in production`. */
  addViolation(definition: SettingDefinition, name: string, message: string): void {
    this.#add(definition, name, `${label(definition, name)} ${message}.`);
  }

  /** Takes over what class-validator found about a setting that was read from the variable `name`. */
  addInvalid(definition: SettingDefinition, name: string, error: ValidationError): void {
    if (error.value === undefined) this.addViolation(definition, name, 'must be set');
    else this.#add(definition, name, describeInvalid(error, definition, name));
  }

  #add({ property }: SettingDefinition, variable: string, message: string): void {
    if (!this.#problems.has(property)) this.#problems.set(property, { variable, message });
  }
}

function label({ variable }: SettingDefinition, name: string): string {
  return name === variable ? variable : `${name} (another name of ${variable})`;
}

function describeInvalid(error: ValidationError, definition: SettingDefinition, name: string): string {
  const text = typeof error.value === 'string' ? error.value : String(JSON.stringify(error.value));
  const fixed = new Set(definition.rules.filter((rule) => rule.hasFixedMessage).map((rule) => rule.name));
  const messages = Object.entries(error.constraints ?? {}).map(([rule, message]) => {
    if (definition.secret && message.includes(text) && !fixed.has(rule)) return `${definition.variable} is not valid`;
    const shown = label(definition, name);
    const namesProperty = SUBJECTS.some((subject) => message.startsWith(`${subject}${definition.property} `));
    return namesProperty ? message.replace(definition.property, () => shown) : `${shown} ${message}`;
  });
  return `${messages.join('; ')}${quote(definition, text)}.`;
}

/** Shows a value on one line, shortened; nothing for a secret, and never the password of an address. */
function quote({ secret }: SettingDefinition, text: string): string {
  if (secret) return '';
  const safe = text.replaceAll(PASSWORD_OF_ADDRESS, '$1:***@');
  const shown = safe.length > LONGEST_QUOTE ? `${safe.slice(0, LONGEST_QUOTE)}…` : safe;
  return ` (got ${JSON.stringify(shown)})`;
}
