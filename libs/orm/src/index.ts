export { type Collection, EntityManager, MikroORM, type Ref, ref } from '@mikro-orm/core';
export { SqlEntityManager } from '@mikro-orm/sql';
export { Connections } from './context/connections.js';
export { Database } from './context/database.js';
export { type ContextOptions, runInContext } from './context/run-in-context.js';
export type { Signals } from './context/signals.js';
export { CoreOrmModule } from './core-orm.module.js';
export { CORE_ORM_OPTIONS, type CoreOrmExtras, type CoreOrmOptions, type FeatureOptions } from './core-orm.options.js';
export type {
  CheckComparison,
  CheckComputation,
  CheckLiteral,
  CheckOperand,
  CheckSpec,
  RawCheck,
} from './constraints/check-spec.js';
export type { ModelCheck } from './constraints/clause-check.js';
export {
  DATABASE,
  getDatabaseToken,
  getManagerToken,
  getMigrationServiceToken,
  InjectDatabase,
  InjectManager,
  InjectMigrations,
} from './core-orm.tokens.js';
export {
  CheckViolationError,
  TooLongForIndexError,
  DoesNotExistError,
  ForeignKeyViolationError,
  InvalidLookupError,
  CompositeKeyError,
  InvalidModelError,
  InvalidValueError,
  MultipleObjectsReturnedError,
  NoContextError,
  NotNullViolationError,
  NoTransactionError,
  OrmOptionsError,
  ProtectedError,
  uniqueErrors,
  UniqueViolationError,
  UnknownDatabaseError,
  VersionConflictError,
} from './errors/orm.errors.js';
export type {
  AbstractModelClass,
  FieldDefinition,
  FieldKind,
  JsonSchema,
  ModelClass,
  OnDelete,
  RelationDefinition,
  RelationKind,
  ScalarKind,
} from './fields/field-definition.js';
export { Field } from './fields/field.decorator.js';
export type {
  DateTimeOptions,
  DecimalOptions,
  FieldOptions,
  FileOptions,
  FieldValidator,
  IntegerOptions,
  ForeignKeyOptions,
  ImageOptions,
  InversePicker,
  ManyToManyOptions,
  NumberOptions,
  PrimaryKeyOptions,
  RelationTarget,
  SlugOptions,
  TextOptions,
} from './fields/field.options.js';
export { compileFieldParser, compileTextParser } from './fields/field-parser.js';
export { compileJsonValue, hasJsonForm, toJsonValue } from './fields/json-value.js';
export type { ParseOutcome, ValueParser } from './fields/parse-outcome.js';
export type { LookupName } from './fields/types/field-type.js';
export type { FileRules } from './fields/types/file-rules.js';
export { BaseModel } from './models/base.model.js';
export { type IndexOptions, Model, type ModelOptions } from './models/model.decorator.js';
export { type IndexDefinition, isModel, modelDefinition, type ModelDefinition } from './models/model-definition.js';
export type { FittingOptions } from './models/model-options-types.js';
export { slugify } from './models/naming.js';
export { PlainModel, sessionOf } from './models/plain.model.js';
export { isSoftDeletable, type SoftDeletable, SoftDelete } from './models/soft-delete.js';
export {
  type Aggregate,
  type AggregateKind,
  type Aggregates,
  Avg,
  Count,
  type CountOptions,
  Max,
  Min,
  Sum,
} from './querysets/aggregate.js';
export type {
  AggregateValues,
  Annotations,
  CheckedAggregates,
  CheckedAnnotations,
} from './querysets/aggregate-types.js';
export type { DynamicLookups } from './querysets/condition.js';
export type { ConflictOptions } from './querysets/conflicts.js';
export type { CheckedGroupKeys, GroupRow } from './querysets/group-types.js';
export type { GroupedQuery } from './querysets/grouped-query.js';
export { type Computation, type Expression, F } from './querysets/expression.js';
export { FullText, type FullTextSearchOptions } from './querysets/full-text.js';
export type { Changes, CheckedChanges } from './querysets/expression-types.js';
export type { Link } from './querysets/links.js';
export { lookupsOf } from './querysets/lookup.js';
export type {
  CheckedLookups,
  ColumnName,
  FieldName,
  KeyOf,
  LookupValue,
  NewRow,
  PlainRow,
  Related,
  RelationName,
} from './querysets/lookup-types.js';
export { createManager, Manager } from './querysets/manager.js';
export { Clause, Q } from './querysets/q.js';
export type { Page, PageRequest, Slice } from './repositories/page.js';
export { ModelRepository, Repository } from './repositories/repository.js';
export { ModelService, Service } from './services/service.js';
export type { LockOptions } from './querysets/query-building.js';
export type { EstimateOptions, IterateOptions, RowOptions } from './querysets/query-reading.js';
export { QuerySet } from './querysets/query-set.js';
export { type Timezone, timezone } from './time/timezone.js';
export { Atomic, isAtomic } from './transactions/atomic.decorator.js';
export { atomic, type AtomicOptions, type DatabaseChoice, onCommit, onRollback } from './transactions/atomic.js';

export { type DatabaseUrl, databaseUrlOf, describeDatabase, parseDatabaseUrl } from './databases/database-url.js';
export {
  type ConnectionSettings,
  createDriverOptions,
  type DriverOptions,
  type SqlOrm,
} from './databases/driver-options.js';
export {
  DatabaseBusyError,
  DatabaseConnectionLostError,
  DatabaseInUseError,
  DatabaseUnreachableError,
  InvalidDatabaseUrlError,
  MissingDatabasePackageError,
  RawTransactionError,
  RowLockedError,
  TransactionConflictError,
  TransactionLostError,
  UnsupportedDatabaseError,
  WrongServerError,
} from './errors/database.errors.js';
export {
  InvalidMigrationsError,
  IrreversibleMigrationError,
  MigrationConflictError,
  MigrationFailedError,
  MigrationHistoryError,
  type MigrationProgress,
  MigrationQuestionError,
  MigrationSquashError,
  MigrationStateError,
  UnsupportedSchemaError,
} from './errors/migration.errors.js';
export {
  MissingFakerError,
  SeederOrderError,
  UnknownFactoryStateError,
  UnknownSeederError,
} from './errors/seeding.errors.js';
export { InvalidTimeError } from './errors/time.errors.js';
export type {
  ColumnRenameQuestion,
  FillQuestion,
  MigrationAnswers,
  MigrationQuestions,
  TableRenameQuestion,
} from './migrations/change-detector.js';
export { type GenerateOptions, generateMigration } from './migrations/generate-migration.js';
export { mergeMigrations, type MergeOptions } from './migrations/merge-migrations.js';
export { FixtureError } from './errors/fixture.errors.js';
export { dumpData, type DumpOptions } from './fixtures/dump-data.js';
export type { FixtureObject } from './fixtures/fixture-object.js';
export { readFixtures, writeFixtures } from './fixtures/fixture-text.js';
export { loadData, type LoadOptions } from './fixtures/load-data.js';
export { Migration, type MigrationClass } from './migrations/migration.js';
export type { GeneratedMigration, WriteOptions } from './migrations/migration-folder.js';
export type { AppliedMigration } from './migrations/migration-history.js';
export type { PlannedMigration, PlannedStep } from './migrations/migration-plan.js';
export type { RunOptions } from './migrations/migration-runner.js';
export {
  type MigrateOptions,
  type MigrationCheck,
  MigrationService,
  type MigrationStatus,
  type RollbackOptions,
} from './migrations/migration.service.js';
export type { MigrationSource } from './migrations/migration-source.js';
export type { SqlDirection } from './migrations/migration-sql.js';
export { addColumn, alterColumn, type ColumnOptions, dropColumn } from './migrations/operations/column-operations.js';
export {
  addCheck,
  addForeignKey,
  createIndex,
  dropCheck,
  dropForeignKey,
  dropIndex,
} from './migrations/operations/constraint-operations.js';
export { type DataOperationOptions, runCode, runSql } from './migrations/operations/data-operations.js';
export type {
  ColumnFill,
  DataOperation,
  MigrationContext,
  Operation,
  Rename,
  SchemaOperation,
} from './migrations/operations/operation.js';
export type { SchemaCall } from './migrations/operations/operation-call.js';
export { renameColumn, renameIndex, renameTable } from './migrations/operations/rename-operations.js';
export { commentTable, createTable, dropTable } from './migrations/operations/table-operations.js';
export type {
  ColumnSpec,
  ColumnType,
  ColumnValue,
  ForeignKeySpec,
  IndexSpec,
  RawSql,
  ReferentialAction,
  SchemaState,
  TableSpec,
} from './migrations/schema-state.js';
export { squashMigrations, type SquashOptions } from './migrations/squash-migrations.js';
export {
  type AfterCreate,
  type AttributesOf,
  defineFactory,
  Factory,
  type FactoryAttributes,
  type FactoryOptions,
  type FactoryState,
  type FactoryValues,
} from './seeding/factory.js';
export {
  type DatabaseSeeder,
  runSeeders,
  Seeder,
  type SeederClass,
  type SeederContext,
  type SeederOptions,
  type SeedOptions,
} from './seeding/seeder.js';
export { type SeederRunOptions, SeederService } from './seeding/seeder.service.js';
