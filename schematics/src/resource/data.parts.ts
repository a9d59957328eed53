import { posix } from 'node:path';
import { render } from '../code/template.js';
import { fakeValue } from '../fields/fake-value.js';
import { choicesConstant } from '../fields/field-declaration.js';
import { isKey } from '../fields/field-rules.js';
import { type FieldSpec, isWritable } from '../fields/field-spec.js';
import { modelNames } from '../names/names.js';
import type { WantedFile } from '../output/file-plan.js';
import type { FoundModel, Project } from '../project/project.js';
import { relativeImport } from '../project/workspace.js';
import type { Resource } from './resource.js';
import { partPath } from './viewset.part.js';

/** A factory that a file imports. */
export interface FactoryImport {
  readonly name: string;
  readonly from: string;
}

export function repositoryFile(resource: Resource): WantedFile {
  const path = partPath(resource, 'repository');
  const modelFrom = relativeImport(path, resource.modelPath);
  return { path, text: render('core-resource/files/repository.ts', { ...resource.names, modelFrom }) };
}

export function serviceFile(resource: Resource): WantedFile {
  return { path: partPath(resource, 'service'), text: render('core-resource/files/service.ts', resource.names) };
}

export function seederFile(resource: Resource): WantedFile {
  const path = partPath(resource, 'seeder');
  const factoryFrom = relativeImport(path, factoryPath(resource));
  return { path, text: render('core-resource/files/seeder.ts', { ...resource.names, factoryFrom }) };
}

/** Where the factory of the resource is, or will be. */
export function factoryPath(resource: Resource): string {
  const { names, project } = resource;
  return project.findExport(`${names.className}Factory`)?.path ?? partPath(resource, 'factory');
}

export function factoryFile(resource: Resource): WantedFile {
  return factoryText({
    path: partPath(resource, 'factory'),
    modelPath: resource.modelPath,
    className: resource.names.className,
    fields: resource.fields,
    project: resource.project,
  });
}

interface FactorySubject {
  readonly path: string;
  readonly modelPath: string;
  readonly modelFrom?: string;
  readonly className: string;
  readonly fields: readonly FieldSpec[];
  readonly project: Project;
}

/** The fields that factories invent: those that rows may be given; relations only where a row needs one. */
export function inventedFields(fields: readonly FieldSpec[]): FieldSpec[] {
  return fields.filter(
    (field) => isWritable(field) && field.type !== 'manyToMany' && !(isKey(field.type) && field.rules.nullable),
  );
}

function factoryText({ path, modelPath, modelFrom, className, fields, project }: FactorySubject): WantedFile {
  const values = inventedFields(fields).map((field) => ({
    name: field.name,
    code: isKey(field.type) ? `${field.target}Factory` : fakeValue(className, field),
  }));
  const enums = fields.filter(({ type, name }) => type === 'enum' && values.some((value) => value.name === name));
  const code = values.map((value) => value.code).join(' ');
  const usesFaker = /\bfaker\b/.test(code);
  const usesSequence = /\bsequence\b/.test(code);
  const text = render('core-resource/files/factory.ts', {
    ...modelNames(className),
    className,
    modelFrom: modelFrom ?? relativeImport(path, modelPath),
    modelImports: [className, ...enums.map((field) => choicesConstant(className, field.name))],
    factories: factoriesOf(fields, path, project),
    parameters: usesSequence ? [usesFaker ? 'faker' : '_faker', 'sequence'] : usesFaker ? ['faker'] : [],
    values,
  });
  return { path, text };
}

/** The factories of the rows that a row needs. */
function factoriesOf(fields: readonly FieldSpec[], path: string, project: Project): FactoryImport[] {
  const targets = new Set(
    inventedFields(fields)
      .filter(({ type }) => isKey(type))
      .map(({ target = '' }) => target),
  );
  return [...targets].toSorted().map((target) => ({
    name: `${target}Factory`,
    from: factoryFrom(path, target, project),
  }));
}

/** How a file imports the factory of a model. */
export function factoryFrom(path: string, className: string, project: Project): string {
  const found = project.findExport(`${className}Factory`);
  return found ? project.importPath(path, found) : relativeImport(path, ownFactoryPath(project, className));
}

/** Where the factory of a model that has none is made: beside the model, or among the sources of this package. */
function ownFactoryPath(project: Project, className: string): string {
  const model = project.findModel(className);
  const { file, folder } = modelNames(className);
  const isOwn = model?.place.packageRoot === project.place.packageRoot;
  const directory = model && isOwn ? posix.dirname(model.path) : posix.join(project.place.sourceRoot, folder);
  return posix.join(directory, `${file}.factory.ts`);
}

/** The factories that related models lack, and those that these need in their turn. */
export function missingFactories(resource: Resource): WantedFile[] {
  const { fields, names, project } = resource;
  const done = new Set([names.className]);
  const files: WantedFile[] = [];
  const visit = (wanted: readonly FieldSpec[]): void => {
    const needed = wanted.filter(({ type, rules }) => (isKey(type) && !rules.nullable) || type === 'manyToMany');
    for (const { target = '' } of needed) {
      if (done.has(target)) continue;
      done.add(target);
      const model = project.findModel(target);
      if (!model || project.findExport(`${target}Factory`)) continue;
      files.push(relatedFactory(project, model));
      visit(model.fields.filter(({ type }) => isKey(type)));
    }
  };
  visit(fields);
  return files;
}

function relatedFactory(project: Project, model: FoundModel): WantedFile {
  const path = ownFactoryPath(project, model.className);
  const modelFrom = project.importPath(path, model);
  // Values of an enum stand in the factory as they are: their constant may not be exported.
  const fields = model.fields.map((field) => (field.type === 'enum' ? { ...field, type: 'string' as const } : field));
  return factoryText({ path, modelPath: model.path, modelFrom, className: model.className, fields, project });
}
