export { describeFailure, explainFailure, type FailureExplanation } from './bootstrap/start-failure.js';
export type { WorkerOptions } from './bootstrap/run-worker.js';
export { CoreFactory } from './core-factory.js';
export { ERROR_RENDERER, type ErrorContext, type ErrorFormat, type ErrorRenderer } from './errors/error-renderer.js';
export { errorFormats } from './errors/error-formats.js';
export { CannotListenError, MissingPackageError, PortInUseError } from './errors/platform.errors.js';
export { PlatformModule } from './platform.module.js';
export type { CoreFactoryOptions, PlatformOptions } from './platform.options.js';
