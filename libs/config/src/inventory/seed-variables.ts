/** A variable that the framework promises to know, as it is documented to applications. */
export interface InventoryEntry {
  readonly variable: string;
  /** As one would write it; absent when there is none. */
  readonly default?: string;
  /** Names under which other projects know it, and under which it is read as well. */
  readonly aliases?: readonly string[];
  /** The package that acts on it. */
  readonly owner: string;
}

const APPLICATION: readonly InventoryEntry[] = [
  { variable: 'APP_NAME', default: 'My App', aliases: ['PROJECT_NAME'], owner: '@core-framework/platform' },
  { variable: 'APP_VERSION', default: '0.1.0', aliases: ['VERSION'], owner: '@core-framework/platform' },
  { variable: 'DESCRIPTION', default: 'API built with Core Framework', owner: '@core-framework/platform' },
  { variable: 'ENVIRONMENT', default: 'development', owner: '@core-framework/platform' },
  { variable: 'DEBUG', default: 'false', owner: '@core-framework/platform' },
  { variable: 'SECRET_KEY', owner: '@core-framework/platform' },
  { variable: 'APP_KEY', owner: '@core-framework/encryption' },
];

const HTTP: readonly InventoryEntry[] = [
  { variable: 'HOST', default: '0.0.0.0', owner: '@core-framework/platform' },
  { variable: 'PORT', default: '8000', owner: '@core-framework/platform' },
  { variable: 'RELOAD', default: 'false', owner: '@core-framework/cli' },
  { variable: 'API_PREFIX', default: '/api/v1', aliases: ['API_V1_PREFIX'], owner: '@core-framework/platform' },
  { variable: 'BACKEND_CORS_ORIGINS', default: 'http://localhost:3000', owner: '@core-framework/platform' },
  { variable: 'RATE_LIMIT_ENABLED', default: 'true', owner: '@core-framework/platform' },
  { variable: 'RATE_LIMIT_REQUESTS', default: '100', owner: '@core-framework/platform' },
  { variable: 'RATE_LIMIT_WINDOW', default: '60', owner: '@core-framework/platform' },
  { variable: 'DEFAULT_PAGE_SIZE', default: '20', owner: '@core-framework/viewset' },
  { variable: 'MAX_PAGE_SIZE', default: '100', owner: '@core-framework/viewset' },
  { variable: 'MAX_UPLOAD_SIZE', default: '10485760', owner: '@core-framework/platform' },
  { variable: 'ALLOWED_EXTENSIONS', default: 'jpg,jpeg,png,pdf', owner: '@core-framework/storage' },
  { variable: 'LOG_LEVEL', default: 'info', owner: '@core-framework/platform' },
  { variable: 'LOG_FORMAT', default: 'json', owner: '@core-framework/platform' },
];

const DATABASE: readonly InventoryEntry[] = [
  { variable: 'DATABASE_URL', default: 'sqlite://./.data/app.db', owner: '@core-framework/orm' },
  { variable: 'DB_DRIVER', default: 'postgresql', owner: '@core-framework/orm' },
  { variable: 'DB_HOST', default: 'localhost', owner: '@core-framework/orm' },
  { variable: 'DB_PORT', default: '5432', owner: '@core-framework/orm' },
  { variable: 'DB_USER', owner: '@core-framework/orm' },
  { variable: 'DB_PASSWORD', owner: '@core-framework/orm' },
  { variable: 'DB_NAME', owner: '@core-framework/orm' },
  { variable: 'DB_ECHO', default: 'false', aliases: ['DATABASE_ECHO'], owner: '@core-framework/orm' },
  { variable: 'DB_POOL_SIZE', default: '5', owner: '@core-framework/orm' },
  { variable: 'DB_MAX_OVERFLOW', default: '10', owner: '@core-framework/orm' },
  { variable: 'DB_POOL_ENABLED', default: 'true', owner: '@core-framework/orm' },
  { variable: 'TIMEZONE', default: 'UTC', owner: '@core-framework/orm' },
  { variable: 'USE_TZ', default: 'true', owner: '@core-framework/orm' },
];

const AUTH: readonly InventoryEntry[] = [
  { variable: 'AUTH_ALGORITHM', default: 'HS256', aliases: ['ALGORITHM'], owner: '@core-framework/auth' },
  {
    variable: 'AUTH_ACCESS_TOKEN_EXPIRE_MINUTES',
    default: '30',
    aliases: ['ACCESS_TOKEN_EXPIRE_MINUTES'],
    owner: '@core-framework/auth',
  },
  {
    variable: 'AUTH_REFRESH_TOKEN_EXPIRE_DAYS',
    default: '7',
    aliases: ['REFRESH_TOKEN_EXPIRE_DAYS'],
    owner: '@core-framework/auth',
  },
  { variable: 'AUTH_PASSWORD_HASHER', default: 'pbkdf2_sha256', owner: '@core-framework/auth' },
  { variable: 'GOOGLE_CLIENT_ID', aliases: ['OAUTH_GOOGLE_CLIENT_ID'], owner: '@core-framework/auth' },
  { variable: 'GOOGLE_CLIENT_SECRET', aliases: ['OAUTH_GOOGLE_CLIENT_SECRET'], owner: '@core-framework/auth' },
  { variable: 'GITHUB_CLIENT_ID', aliases: ['OAUTH_GITHUB_CLIENT_ID'], owner: '@core-framework/auth' },
  { variable: 'GITHUB_CLIENT_SECRET', aliases: ['OAUTH_GITHUB_CLIENT_SECRET'], owner: '@core-framework/auth' },
  { variable: 'GITHUB_REDIRECT_URI', aliases: ['OAUTH_GITHUB_REDIRECT_URI'], owner: '@core-framework/auth' },
];

const EVENTS_AND_TASKS: readonly InventoryEntry[] = [
  { variable: 'MESSAGE_BROKER', owner: '@core-framework/messaging' },
  { variable: 'KAFKA_BOOTSTRAP_SERVERS', owner: '@core-framework/messaging' },
  { variable: 'RABBITMQ_URL', owner: '@core-framework/messaging' },
  { variable: 'REDIS_URL', owner: '@core-framework/messaging' },
  { variable: 'REDIS_HOST', default: 'localhost', owner: '@core-framework/messaging' },
  { variable: 'REDIS_PORT', default: '6379', owner: '@core-framework/messaging' },
  { variable: 'REDIS_DB', default: '0', owner: '@core-framework/messaging' },
  { variable: 'REDIS_PASSWORD', owner: '@core-framework/messaging' },
  { variable: 'TASK_DEFAULT_QUEUE', default: 'default', owner: '@core-framework/tasks' },
  { variable: 'TASK_WORKER_CONCURRENCY', default: '4', owner: '@core-framework/tasks' },
  { variable: 'TASK_DEFAULT_RETRY', default: '3', owner: '@core-framework/tasks' },
  { variable: 'TASK_DEFAULT_TIMEOUT', default: '300', owner: '@core-framework/tasks' },
  {
    variable: 'TASK_BROKER_URL',
    default: 'redis://localhost:6379/0',
    aliases: ['CELERY_BROKER_URL'],
    owner: '@core-framework/tasks',
  },
  {
    variable: 'TASK_RESULT_URL',
    default: 'redis://localhost:6379/0',
    aliases: ['CELERY_RESULT_BACKEND'],
    owner: '@core-framework/tasks',
  },
];

const MAIL: readonly InventoryEntry[] = [
  { variable: 'SMTP_HOST', owner: '@core-framework/mail' },
  { variable: 'SMTP_PORT', default: '587', owner: '@core-framework/mail' },
  { variable: 'SMTP_USER', owner: '@core-framework/mail' },
  { variable: 'SMTP_PASSWORD', owner: '@core-framework/mail' },
  { variable: 'EMAILS_FROM_EMAIL', owner: '@core-framework/mail' },
  { variable: 'EMAILS_FROM_NAME', owner: '@core-framework/mail' },
];

/**
 * The variables that operators of the framework's Python predecessors have in their environments.
 * Kept apart from the settings classes on purpose: renaming a property must not silently break a promise.
 */
export const SEED_VARIABLES: readonly InventoryEntry[] = [
  ...APPLICATION,
  ...HTTP,
  ...DATABASE,
  ...AUTH,
  ...EVENTS_AND_TASKS,
  ...MAIL,
];

/** The variables that this framework has beyond them. */
export const ADDED_VARIABLES: readonly InventoryEntry[] = [
  { variable: 'MEDIA_ROOT', default: './.data/media', owner: '@core-framework/viewset' },
  { variable: 'MEDIA_URL', default: '/media', owner: '@core-framework/viewset' },
  { variable: 'MEDIA_SERVED', default: 'true', owner: '@core-framework/platform' },
  { variable: 'CORS_ALLOW_CREDENTIALS', default: 'true', owner: '@core-framework/platform' },
  { variable: 'TRUST_PROXY', owner: '@core-framework/platform' },
  { variable: 'API_INDEX_ENABLED', default: 'true', owner: '@core-framework/viewset' },
  { variable: 'MAX_EXPANDS', default: '10', owner: '@core-framework/viewset' },
  { variable: 'MAX_EXPANDED_ROWS', default: '5000', owner: '@core-framework/viewset' },
  { variable: 'SILENCED_CHECKS', default: '', owner: '@core-framework/platform' },
  { variable: 'DOCS_ENABLED', default: 'true', owner: '@core-framework/platform' },
  { variable: 'SLOW_REQUEST_MS', default: '1000', owner: '@core-framework/platform' },
  { variable: 'SHUTDOWN_TIMEOUT', default: '25', owner: '@core-framework/platform' },
  { variable: 'HEALTH_PORT', owner: '@core-framework/platform' },
  { variable: 'SHUTDOWN_TIMEOUT_MS', default: '10000', owner: '@core-framework/platform' },
  { variable: 'ERROR_FORMAT', default: 'detail', owner: '@core-framework/platform' },
  { variable: 'PAGE_FORMAT', default: 'links', owner: '@core-framework/viewset' },
  { variable: 'RESPONSE_FORMAT', default: 'bare', owner: '@core-framework/viewset' },
  { variable: 'DB_PREPARED_STATEMENTS', default: 'true', owner: '@core-framework/orm' },
  { variable: 'MESSAGE_SOURCE', default: 'my-app', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_CONSUMERS', default: 'true', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_GROUPS', default: '', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_TOPICS', default: '', owner: '@core-framework/messaging' },
  { variable: 'OUTBOX_RELAY', default: 'true', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_PREFETCH', default: '32', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_RETRY', default: '3', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_STREAM_LENGTH', default: '100000', owner: '@core-framework/messaging' },
  { variable: 'MESSAGE_VISIBILITY', default: '60', owner: '@core-framework/messaging' },
  { variable: 'OUTBOX_ENABLED', default: 'true', owner: '@core-framework/messaging' },
  { variable: 'OUTBOX_BATCH', default: '200', owner: '@core-framework/messaging' },
  { variable: 'OUTBOX_POLL', default: '1', owner: '@core-framework/messaging' },
  { variable: 'OUTBOX_RETENTION', default: '86400', owner: '@core-framework/messaging' },
  { variable: 'INBOX_RETENTION', default: '604800', owner: '@core-framework/messaging' },
  { variable: 'DB_REPLICA_URLS', default: '', owner: '@core-framework/orm' },
  { variable: 'TASK_BACKEND', default: 'database', owner: '@core-framework/tasks' },
  { variable: 'TASK_IN_PROCESS', owner: '@core-framework/tasks' },
  { variable: 'TASK_WORKER', owner: '@core-framework/tasks' },
  { variable: 'TASK_SCHEDULER', owner: '@core-framework/tasks' },
  { variable: 'TASK_QUEUES', default: '', owner: '@core-framework/tasks' },
  { variable: 'TASK_RESULT_TTL', default: '86400', owner: '@core-framework/tasks' },
  { variable: 'TASK_POLL', default: '1', owner: '@core-framework/tasks' },
  { variable: 'TASK_TIMEZONE', default: 'UTC', owner: '@core-framework/tasks' },
  { variable: 'SECRET_KEY_FALLBACKS', default: '', owner: '@core-framework/auth' },
  { variable: 'AUTH_PASSWORD_MIN_LENGTH', default: '8', owner: '@core-framework/auth' },
  { variable: 'AUTH_TOKEN_ISSUER', owner: '@core-framework/auth' },
  { variable: 'AUTH_TOKEN_AUDIENCE', owner: '@core-framework/auth' },
  { variable: 'OAUTH_API_URL', owner: '@core-framework/auth' },
  { variable: 'AUTH_JWKS_URL', owner: '@core-framework/auth' },
  { variable: 'AUTH_SIGNING_KEY', owner: '@core-framework/auth' },
  { variable: 'AUTH_SIGNING_KEY_FALLBACKS', owner: '@core-framework/auth' },
  { variable: 'AUTH_CLIENTS', default: '', owner: '@core-framework/auth' },
  { variable: 'AUTH_SESSION_EXPIRE_DAYS', default: '30', owner: '@core-framework/auth' },
  { variable: 'AUTH_REFRESH_GRACE_SECONDS', default: '10', owner: '@core-framework/auth' },
  { variable: 'AUTH_REQUIRE_VERIFICATION', default: 'false', owner: '@core-framework/auth' },
  { variable: 'AUTH_RESET_EXPIRE_MINUTES', default: '60', owner: '@core-framework/auth' },
  { variable: 'AUTH_VERIFY_EXPIRE_HOURS', default: '24', owner: '@core-framework/auth' },
  { variable: 'AUTH_PUBLIC_URL', default: 'http://localhost:3000', owner: '@core-framework/auth' },
  { variable: 'AUTH_HASHING_CONCURRENCY', default: '4', owner: '@core-framework/auth' },
  { variable: 'AUTH_HASHING_QUEUE', default: '32', owner: '@core-framework/auth' },
  { variable: 'AUTH_COOKIE_SECURE', default: 'true', owner: '@core-framework/auth' },
  { variable: 'AUTH_THROTTLE_ENABLED', default: 'true', owner: '@core-framework/auth' },
  { variable: 'AUTH_ACCOUNT_RATE', default: '5/5m', owner: '@core-framework/auth' },
  { variable: 'AUTH_CLIENT_RATE', default: '10/minute', owner: '@core-framework/auth' },
  { variable: 'AUTH_REQUEST_RATE', default: '20/minute', owner: '@core-framework/auth' },
  { variable: 'AUTH_MAIL_RATE', default: '5/h', owner: '@core-framework/auth' },
];
