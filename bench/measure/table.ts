/** Figures to print, by the name of their row and then of their column. */
export interface Table {
  readonly title: string;
  readonly rows: Record<string, Readonly<Record<string, string | number>>>;
}

/** Prints a table for a terminal, or as Markdown. */
export function show({ title, rows }: Table, { markdown }: { readonly markdown: boolean }): void {
  if (markdown) {
    const columns = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row)))];
    const lines = [
      [title, ...columns],
      ['---', ...columns.map(() => '---:')],
      ...Object.entries(rows).map(([name, row]) => [name, ...columns.map((column) => row[column] ?? '')]),
    ];
    console.log(`${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
  } else {
    console.log(`\n${title}`);
    console.table(rows);
  }
}
