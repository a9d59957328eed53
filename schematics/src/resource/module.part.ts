import { posix } from 'node:path';
import { moduleClassOf } from '../code/edit-module.js';
import { render } from '../code/template.js';
import type { FilePlan, Reporter } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import { type Registration, registered, registerNear } from '../registration/register.js';
import type { Resource } from './resource.js';
import { partPath } from './viewset.part.js';

/** Parts that are providers, and what their classes end in. */
const PROVIDERS = { repository: 'Repository', service: 'Service', seeder: 'Seeder' } as const;
type ProviderPart = keyof typeof PROVIDERS;

function modulePath({ folder, names }: Resource): string {
  return posix.join(folder, `${names.folder}.module.ts`);
}

/**
 * Writes the module of a resource from the parts that there are. One that is there already only gets what was made in
 * this run: what somebody took out of it stays out.
 */
export async function writeModule(resource: Resource, plan: FilePlan, reporter: Reporter): Promise<void> {
  const { names, project } = resource;
  const path = modulePath(resource);
  const before = project.workspace.read(path);
  const has = (part: string) => project.workspace.tree.exists(partPath(resource, part));
  if (before === undefined) {
    const providers = (Object.keys(PROVIDERS) as ProviderPart[])
      .filter(has)
      .map((part) => names.className + PROVIDERS[part]);
    const text = render('core-resource/files/module.ts', {
      ...names,
      modelFrom: relativeImport(path, resource.modelPath),
      hasViewSet: has('viewset'),
      providers,
      exported: providers.filter((name) => !name.endsWith('Seeder')),
    });
    await plan.write({ path, text });
    return;
  }
  const wanted = registrationsOf(resource, path, plan);
  if (wanted.length === 0) return;
  if (registered(before, wanted) === undefined) {
    reporter.warn(`${path} could not be edited: list ${wanted.map(({ entry }) => entry).join(', ')} there yourself.`);
    return;
  }
  await plan.edit(path, (text) => registered(text, wanted) ?? text);
}

/** What was made in this run and belongs into the module. */
function registrationsOf(resource: Resource, module: string, plan: FilePlan): Registration[] {
  const { className } = resource.names;
  const made = (part: string) => plan.outcomes.get(partPath(resource, part)) === 'created';
  const own = (part: string, name: string) => ({ name, from: relativeImport(module, partPath(resource, part)) });
  const model = { name: className, from: relativeImport(module, resource.modelPath) };
  const registrations: Registration[] = [];
  if (made('model') || made('repository')) {
    const entry = `CoreOrmModule.forFeature([${className}])`;
    registrations.push({
      list: 'imports',
      entry,
      imports: [{ name: 'CoreOrmModule', from: '@core-framework/orm' }, model],
    });
  }
  if (made('viewset')) {
    const name = `${className}ViewSet`;
    const imports = [{ name: 'ViewSetModule', from: '@core-framework/viewset' }, own('viewset', name)];
    registrations.push({ list: 'imports', entry: `ViewSetModule.forFeature([${name}])`, imports });
  }
  for (const part of Object.keys(PROVIDERS) as ProviderPart[]) {
    if (!made(part)) continue;
    const entry = className + PROVIDERS[part];
    registrations.push({ list: 'providers', entry, imports: [own(part, entry)] });
    if (part !== 'seeder') registrations.push({ list: 'exports', entry, imports: [] });
  }
  return registrations;
}

/** Imports the module of a resource into the module above it, unless some module does so already. */
export async function registerModule(resource: Resource, plan: FilePlan, reporter: Reporter): Promise<void> {
  const { folder, project } = resource;
  const path = modulePath(resource);
  const className = moduleClassOf(project.workspace.read(path) ?? '');
  if (className === undefined) return;
  const registration = (module: string): Registration => ({
    list: 'imports',
    entry: className,
    imports: [{ name: className, from: relativeImport(module, path) }],
  });
  await registerNear(folder, { className, registration, ownPath: path }, { project, plan, reporter });
}
