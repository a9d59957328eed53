/** The most terms that a search looks for; further ones are ignored, each costs a condition per field. */
const MAX_TERMS = 10;

/**
 * Splits what somebody typed into terms: at white space and commas, except inside double quotes.
 *
 * @example
 * searchTerms('nest, "hello world"') // ['nest', 'hello world']
 */
export function searchTerms(text: string): readonly string[] {
  const terms = [...text.matchAll(/"([^"]*)"|[^\s,"]+/g)].map(([whole, phrase]) => phrase ?? whole);
  return terms.filter((term) => term.trim() !== '').slice(0, MAX_TERMS);
}
