import pluralize from 'pluralize';
import { GeneratorError } from '../errors/generator.errors.js';

/** All the names that follow from the name of a model. */
export interface ModelNames {
  /** `BlogPost` */
  readonly className: string;
  /** `blogPost` */
  readonly variable: string;
  /** `BlogPosts` */
  readonly pluralClass: string;
  /** `blogPosts` */
  readonly pluralVariable: string;
  /** `blog-post` */
  readonly file: string;
  /** `blog-posts`: folder and path */
  readonly folder: string;
  /** `blog_posts` */
  readonly table: string;
  /** `BLOG_POSTS` */
  readonly constant: string;
  /** `blog post` */
  readonly words: string;
  /** `blog posts` */
  readonly pluralWords: string;
}

/** Words that are their own plural in the eyes of programmers. */
const UNCHANGED = new Set(['data', 'media', 'metadata', 'news', 'settings', 'statistics', 'analytics']);

/** Splits a name in any notation into words in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

export function pascalCase(name: string): string {
  return wordsOf(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

export function kebabCase(name: string): string {
  return wordsOf(name).join('-');
}

export function snakeCase(name: string): string {
  return wordsOf(name).join('_');
}

function pluralOf(name: string): string {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  return [...words.slice(0, -1), UNCHANGED.has(last) ? last : pluralize.plural(last)].join('-');
}

function singularOf(name: string): string {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  return [...words.slice(0, -1), UNCHANGED.has(last) ? last : pluralize.singular(last)].join('-');
}

/** Whether a word can name a variable in a module. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** A name for a variable that means `name`, also where the word belongs to the language. */
export function variableName(name: string): string {
  const variable = camelCase(name);
  return RESERVED.has(variable) ? `${variable}Row` : variable;
}

/** Classes that generated files use, beside those of the language: a model of that name would hide them. */
const TAKEN = new Set([
  'BaseModel',
  'Collection',
  'CoreOrmModule',
  'Factory',
  'Field',
  'InputSchema',
  'Manager',
  'Model',
  'ModelViewSet',
  'Module',
  'OutputSchema',
  'Ref',
  'Repository',
  'Seeder',
  'Service',
  'ViewSet',
  'ViewSetModule',
]);

/**
 * The names of a model. A plural is made singular: `posts` and `Post` mean the same model.
 *
 * @throws GeneratorError when it cannot be the name of a class.
 */
export function modelNames(name: string): ModelNames {
  const singular = singularOf(name);
  const className = pascalCase(singular);
  checkClassName(name, className);
  const plural = pluralOf(singular);
  return {
    className,
    variable: variableName(singular),
    pluralClass: pascalCase(plural),
    pluralVariable: variableName(plural),
    file: kebabCase(singular),
    folder: kebabCase(plural),
    table: snakeCase(plural),
    constant: snakeCase(plural).toUpperCase(),
    words: wordsOf(singular).join(' '),
    pluralWords: wordsOf(plural).join(' '),
  };
}

/** @throws GeneratorError when a class cannot have that name. */
export function checkClassName(given: string, className: string): void {
  if (!/^[A-Za-z][\w -]*$/.test(given) || !/^[A-Z][A-Za-z\d]*$/.test(className)) {
    throw new GeneratorError(
      'GENERATOR_INVALID_NAME',
      `"${given}" cannot be the name of a class.`,
      'Use letters and digits, and a letter first: BlogPost.',
    );
  }
  if (className in globalThis || TAKEN.has(className)) {
    throw new GeneratorError(
      'GENERATOR_NAME_TAKEN',
      `${className} is a name that ${className in globalThis ? 'JavaScript' : 'the framework'} uses itself.`,
      `Choose another one, such as ${className}Entry.`,
    );
  }
}
