/** Options of core-migration. */
export interface MigrationOptions {
  /** What the migration does, in snake_case. @defaultValue told from the changes */
  readonly name?: string;
  readonly project?: string;
  readonly sourceRoot?: string;
}
