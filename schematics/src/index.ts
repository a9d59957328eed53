export { FieldSyntaxError, GeneratorError } from './errors/generator.errors.js';
export { parseField, parseFields, printField } from './fields/field-grammar.js';
export { rulesOf } from './fields/field-rules.js';
export {
  type FieldRules,
  type FieldSpec,
  type FieldTypeName,
  type OnDelete,
  RELATION_TYPES,
  SCALAR_TYPES,
} from './fields/field-spec.js';
export { suggestion } from './names/did-you-mean.js';
export { type ModelNames, modelNames } from './names/names.js';
export {
  COLLECTION,
  runSchematic,
  type SchematicChange,
  type SchematicResult,
  type SchematicRun,
} from './running/run-schematic.js';
export { listSchematics, type SchematicDescription, type SchematicOption } from './running/list-schematics.js';
