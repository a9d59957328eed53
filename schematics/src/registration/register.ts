import { addImport, type NamedImport } from '../code/edit-imports.js';
import { addToModule, type ModuleList } from '../code/edit-module.js';
import type { FilePlan, Reporter } from '../output/file-plan.js';
import type { Project } from '../project/project.js';

/** What a module is to list, and what it has to import for that. */
export interface Registration {
  readonly list: ModuleList;
  readonly entry: string;
  readonly imports: readonly NamedImport[];
}

/** Adds entries to the text of a module; `undefined` when there is no `@Module` that could take them. */
export function registered(text: string, registrations: readonly Registration[]): string | undefined {
  let changed: string | undefined = text;
  for (const { list, entry, imports } of registrations) {
    const added: string | undefined = changed && addToModule(changed, list, entry);
    if (added === undefined) return undefined;
    // An entry that was there has its imports.
    changed = added === changed ? changed : imports.reduce(addImport, added);
  }
  return changed;
}

/** Something that a module is to know. */
export interface Subject {
  readonly className: string;
  /** The file that declares it, where that is not the path it is looked for from. */
  readonly ownPath?: string;
  readonly registration: (module: string) => Registration;
}

/** Makes something known to the module nearest above a path, unless another module knows it. */
export async function registerNear(
  path: string,
  { className, ownPath = path, registration }: Subject,
  { project, plan, reporter }: { readonly project: Project; readonly plan: FilePlan; readonly reporter: Reporter },
): Promise<void> {
  const known = project.mentions(className).filter((file) => file !== ownPath && file.endsWith('.module.ts'));
  if (known.length > 0) return;
  const module = project.moduleAbove(path);
  const text = module && project.workspace.read(module);
  const wanted = module && registration(module);
  if (!module || !wanted || registered(text ?? '', [wanted]) === undefined) {
    reporter.warn(`No module above ${path} could be edited: list ${className} in one yourself.`);
    return;
  }
  await plan.edit(module, (before) => registered(before, [wanted]) ?? before);
}
