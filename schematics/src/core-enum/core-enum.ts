import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { literal } from '../fields/field-declaration.js';
import { pascalCase, wordsOf } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { type ClassOptions, planClass, wordList } from '../single-class/single-class.js';

/** Options of core-enum. */
interface EnumOptions extends ClassOptions {
  /** `active`, or `Active=a` where name and value differ. */
  readonly values?: readonly string[] | string;
  /** The same with spaces between them. */
  readonly type?: string;
}

/** Makes an enum whose values a field of a model may take. */
export function coreEnum(options: EnumOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const { className, path } = planClass(tree, options, { suffix: '', role: 'enum', folder: 'enums' });
    const values = valuesOf(wordList(options.values, options.type));
    const text = render('core-enum/files/enum.ts', { className, words: wordsOf(className).join(' '), values });
    await new FilePlan(tree, logger, options.force).write({ path, text });
  };
}

function valuesOf(words: readonly string[]): { readonly key: string; readonly value: string }[] {
  if (words.length === 0) {
    throw new GeneratorError('GENERATOR_NO_VALUES', 'An enum needs values.', 'Name them: -v active -v inactive.');
  }
  const values = words.map((word) => {
    const [name = '', value = name] = word.split('=');
    const key = pascalCase(name);
    if (/^[A-Z][A-Za-z\d]*$/.test(key)) return { key, value: literal(value) };
    throw new GeneratorError(
      'GENERATOR_INVALID_NAME',
      `"${word}" cannot be the name of a value.`,
      'Start with a letter, or give the value a name: First=1st.',
    );
  });
  const twice = values.find(({ key }, index) => values.findIndex((other) => other.key === key) < index);
  if (twice)
    throw new GeneratorError('GENERATOR_VALUE_TWICE', `The value ${twice.key} is there twice.`, 'Leave one out.');
  return values;
}
