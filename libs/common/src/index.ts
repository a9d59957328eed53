export type { ActionCall, ActionHook, AroundAction, HookedAction } from './actions/action-hook.js';
export { type CheckFinding, FailedChecksError, type SystemCheck } from './checks/system-check.js';
export { type Clock, CLOCK, systemClock } from './clock/clock.js';
export { type Duration, ManualClock } from './clock/manual-clock.js';
export { CommonModule } from './common.module.js';
export { ContextKey, RequestContext } from './context/request-context.js';
export {
  type ClientAnswer,
  clientAnswerOf,
  type FieldError,
  type FieldErrors,
  NON_FIELD_ERRORS,
} from './errors/client-answer.js';
export { CoreError, type CoreErrorOptions } from './errors/core-error.js';
export { ERROR_MEMBER_SCHEMAS, ERROR_SCHEMA } from './errors/error-schema.js';
export { ApiException, type ApiExceptionOptions } from './exceptions/api.exception.js';
export {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  NotFoundException,
  RateLimitException,
  ServiceUnavailableException,
  UnauthorizedException,
  ValidationException,
} from './exceptions/application.exceptions.js';
export {
  InvalidInputException,
  MethodNotAllowedException,
  ParseException,
  PayloadTooLargeException,
  PreconditionFailedException,
  UnsupportedMediaTypeException,
} from './exceptions/protocol.exceptions.js';
export { FileNotStoredError, InvalidFileKeyError } from './files/file.errors.js';
export { FILE_STORAGE, type FileStorage, type FileToStore } from './files/file-storage.js';
export { isLocalFileKey, LocalFileStorage, type LocalFileStorageOptions } from './files/local-file-storage.js';
export { UploadedFile } from './files/uploaded-file.js';
export { clientAddressOf, ipAddressOf } from './http/client-address.js';
export { announcesForm, asFormBody, FORM_BODY_ROUTE, FORM_READER, isFormBody } from './http/form-body.js';
export { HANDLER_ROUTE, type RouteHandler } from './http/handler-route.js';
export { LAZY_BODY_ROUTE, LazyBody } from './http/lazy-body.js';
export { AUTHENTICATOR, type Authenticator } from './principal/authenticator.js';
export { assembleOnly, isAssembledOnly } from './process/assembly.js';
export { ANONYMOUS, type Principal } from './principal/principal.js';
export { PRINCIPAL_SOURCE, type PrincipalSource } from './principal/principal-source.js';
export { ActionHookRegistry } from './registries/action-hook.registry.js';
export { type CheckOptions, CheckRegistry } from './registries/check.registry.js';
export { BootReportRegistry } from './registries/boot-report.registry.js';
export { type DocumentInfo, DocumentRegistry, type ServedDocument } from './registries/document.registry.js';
export { type HealthCheck, HealthRegistry } from './registries/health.registry.js';
export { type OpenApiContributor, type OpenApiDocument, OpenApiRegistry } from './registries/openapi.registry.js';
export { PayloadSchemaRegistry } from './registries/payload-schema.registry.js';
export { RunSignal } from './running/run-signal.js';
export { type TimeLimit, withinTime } from './running/time-limit.js';
export type { PayloadSchema, PayloadSchemaSource } from './schemas/payload-schema.js';
export { ClassRules } from './schemas/class-rules.js';
export type { ValueSchema } from './schemas/rule-schema.js';
export { MemoryThrottleStore, type MemoryThrottleStoreOptions } from './throttling/memory-throttle.store.js';
export { rateLimitHeaders, throttled } from './throttling/rate-limit-headers.js';
export { parseThrottleRate, type ThrottleRate } from './throttling/throttle-rate.js';
export {
  THROTTLE_GRAINS,
  THROTTLE_STORE,
  type ThrottleLimit,
  type ThrottleStanding,
  type ThrottleStore,
} from './throttling/throttle-store.js';
export { Throttling } from './throttling/throttling.js';
export { type UnroutedRequestHandler, UnroutedRequestRegistry } from './registries/unrouted-request.registry.js';
