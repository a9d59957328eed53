import type { OperationCall } from './operations/operation-call.js';

/** Names longer than this are cut short by what they leave out. */
const LONGEST = 52;

/** Names a migration after what it does: `add_phone_to_users`, `create_posts_and_tags`. */
export function tellingName(calls: readonly OperationCall[]): string {
  // What comes along with tables and columns need not be told.
  const telling = calls.filter(({ name }) => /(?:Table|Column|Sql)$/.test(name) && name !== 'commentTable');
  const told = [...new Set((telling.length > 0 ? telling : calls).map(phraseOf))];
  const words: string[] = [];
  for (const [index, phrase] of told.entries()) {
    const more = index < told.length - 1 ? '_and_more' : '';
    if (words.length > 0 && [...words, phrase].join('_and_').length + more.length > LONGEST) {
      return inSnakeCase(`${words.join('_and_')}_and_more`);
    }
    words.push(
      words.at(-1)?.startsWith('create_') && phrase.startsWith('create_') ? phrase.slice('create_'.length) : phrase,
    );
  }
  return inSnakeCase(words.join('_and_'));
}

function phraseOf(call: OperationCall): string {
  switch (call.name) {
    case 'createTable':
      return `create_${call.args[0]}`;
    case 'dropTable':
      return `drop_${call.args[0]}`;
    case 'renameTable':
      return `rename_${call.args[0]}_to_${call.args[1]}`;
    case 'commentTable':
      return `comment_${call.args[0]}`;
    case 'addColumn':
      return `add_${call.args[1]}_to_${call.args[0]}`;
    case 'alterColumn':
      return `alter_${call.args[1]}_of_${call.args[0]}`;
    case 'dropColumn':
      return `drop_${call.args[1]}_from_${call.args[0]}`;
    case 'renameColumn':
      return `rename_${call.args[1]}_of_${call.args[0]}_to_${call.args[2]}`;
    case 'renameIndex':
      return `rename_${call.args[1]}`;
    case 'createIndex':
    case 'addForeignKey':
    case 'addCheck':
      return `add_${call.args[1]}`;
    case 'dropIndex':
    case 'dropForeignKey':
    case 'dropCheck':
      return `drop_${call.args[1]}`;
    case 'runSql':
      return 'run_sql';
  }
}

function inSnakeCase(text: string): string {
  const name = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return name.replaceAll(/^[_\d]+|(?<!_)_+$/g, '') || 'changes';
}
