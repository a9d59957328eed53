import { addImport } from '../code/edit-imports.js';
import { addProperty, hasMember } from '../code/edit-class.js';
import { render } from '../code/template.js';
import {
  choicesConstant,
  choicesType,
  declarationOf,
  inverseDeclaration,
  inverseName,
  literal,
} from '../fields/field-declaration.js';
import { type FieldSpec, isRelation } from '../fields/field-spec.js';
import type { FilePlan, Reporter } from '../output/file-plan.js';
import { pascalCase } from '../names/names.js';
import type { FoundModel } from '../project/project.js';
import type { Resource } from './resource.js';

/** Writes the model, or adds the fields that it does not have yet. */
export async function writeModel(resource: Resource, plan: FilePlan, reporter: Reporter): Promise<void> {
  const { existing, modelPath, newFields, names } = resource;
  if (!existing) {
    await plan.write({ path: modelPath, text: modelText(resource) });
  } else if (newFields.length > 0) {
    await plan.edit(modelPath, (text) => newFields.reduce((before, field) => addField(resource, before, field), text));
    reporter.info(`ADDED to ${modelPath}: ${newFields.map(({ name }) => name).join(', ')}`);
  } else {
    reporter.info(`KEPT ${modelPath} (${names.className} has all its fields)`);
  }
  for (const field of newFields) await writeInverse(resource, field, plan, reporter);
}

function modelText(resource: Resource): string {
  const { fields, names } = resource;
  const declarations = fields.map((field) => declarationOf(names.className, field));
  return render('core-resource/files/model.ts', {
    ...names,
    isSoftDeleted: resource.isSoftDeleted,
    related: relatedModels(resource),
    enums: fields.filter(({ type }) => type === 'enum').map((field) => enumView(names.className, field)),
    declarations: [...declarations, ...ownInverses(resource)],
  });
}

function enumView(model: string, field: FieldSpec) {
  return {
    constant: choicesConstant(model, field.name),
    type: choicesType(model, field),
    values: (field.choices ?? []).map(literal).join(', '),
  };
}

function relatedModels({ fields, modelPath, names, project }: Resource) {
  const targets = new Set(fields.filter(isRelation).map(({ target = '' }) => target));
  targets.delete(names.className);
  return [...targets].toSorted().map((name) => ({
    name,
    from: project.importPath(modelPath, project.modelNamed(name, name)),
  }));
}

/** A relation of a model to itself has both its sides in one class. */
function ownInverses({ fields, names }: Resource): string[] {
  return fields
    .filter((field) => isRelation(field) && field.target === names.className)
    .flatMap((field) => {
      const inverse = inverseName(names.className, field);
      return inverse === undefined ? [] : [inverseDeclaration(names.className, field, inverse)];
    });
}

function addField(resource: Resource, text: string, field: FieldSpec): string {
  const { className } = resource.names;
  const declaration = declarationOf(className, field);
  let changed = addProperty(text, className, declaration) ?? text;
  if (changed === text) return text;
  changed = addImport(changed, { name: 'Field', from: '@core-framework/orm' });
  if (declaration.includes('randomUUID')) changed = addImport(changed, { name: 'randomUUID', from: 'node:crypto' });
  if (field.type === 'enum') {
    const { constant, type, values } = enumView(className, field);
    const lines = `export const ${constant} = [${values}] as const;\nexport type ${type} = (typeof ${constant})[number];\n\n`;
    const start = changed.search(/^(?:\/\*\*.*?\*\/\s*)?@Model/ms);
    changed = changed.slice(0, start) + lines + changed.slice(start);
  }
  if (isRelation(field)) changed = addRelationImports(resource, changed, field);
  return changed;
}

function addRelationImports({ modelPath, names, project }: Resource, text: string, field: FieldSpec): string {
  const type = field.type === 'manyToMany' ? 'Collection' : 'Ref';
  const changed = addImport(text, { name: type, from: '@core-framework/orm', isType: true });
  if (!field.target || field.target === names.className) return changed;
  const from = project.importPath(modelPath, project.modelNamed(field.target, field.name));
  return addImport(changed, { name: field.target, from });
}

/** Gives the model at the other end the way back, where it belongs to the same package and has none. */
async function writeInverse(resource: Resource, field: FieldSpec, plan: FilePlan, reporter: Reporter): Promise<void> {
  const { modelPath, names, project } = resource;
  if (!isRelation(field) || field.target === names.className) return;
  const target = project.modelNamed(field.target ?? '', field.name);
  const wanted = inverseName(names.className, field);
  if (wanted === undefined) return;
  if (target.place.packageRoot !== project.place.packageRoot) {
    reporter.info(`${target.className} is in another package and gets no "${wanted}".`);
    return;
  }
  await plan.edit(target.path, (text) => {
    if (new RegExp(`\\b${names.className}\\b.*=>.*\\.${field.name}\\b`).test(text)) return text;
    const name = freeName(text, target, wanted, field.name);
    const declaration = inverseDeclaration(names.className, field, name);
    const changed = addProperty(text, target.className, declaration) ?? text;
    const type = field.type === 'oneToOne' ? 'Ref' : 'Collection';
    const from = project.importPath(target.path, { path: modelPath, place: project.place });
    const wantedImports = [
      { name: 'Field', from: '@core-framework/orm' },
      { name: type, from: '@core-framework/orm', isType: true },
      { name: names.className, from },
    ];
    return wantedImports.reduce(addImport, changed);
  });
}

/** A second relation between the same models gets a name that tells it from the first. */
function freeName(text: string, { className }: FoundModel, wanted: string, field: string): string {
  return hasMember(text, className, wanted) ? `${wanted}By${pascalCase(field)}` : wanted;
}
