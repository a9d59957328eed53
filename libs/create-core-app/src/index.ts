export { createCommand, type CreateSurroundings } from './create-command.js';
export { CreateError } from './create.errors.js';
export { createProject, type CreateOptions } from './create-project.js';
export { InterruptedError } from './interruption.js';
export type { FrameworkSource } from './package-manifest.js';
export {
  type BrokerChoice,
  type DatabaseChoice,
  type PackageManager,
  type ProjectChoices,
  type ProjectPlace,
} from './project-choices.js';
export { renderTemplate } from './render-template.js';
export { runCreate } from './run-create.js';
