import { randomBytes } from 'node:crypto';
import { IsBoolean, IsIn, IsNotEmpty, IsString, Matches } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Where the application runs. Only `production` switches the checks for production on; NODE_ENV has no part in it. */
const ENVIRONMENTS = ['development', 'staging', 'production', 'testing'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

// One value per process: settings that are loaded twice must agree on the key.
let developmentKey: string | undefined;

function temporaryKey({ environment }: ApplicationSettings): string | undefined {
  if (environment !== 'development' && environment !== 'testing') return undefined;
  developmentKey ??= randomBytes(48).toString('base64url');
  return developmentKey;
}

/** What the application is called, where it runs, and the key that its secrets derive from. */
@SettingsGroup({ title: 'Application', owner: '@core-framework/platform' })
export class ApplicationSettings {
  /** Name of the application: title of the API documentation, sender of logs and events. */
  @Setting({
    aliases: ['PROJECT_NAME'],
    description: 'Name of the application, the title of its API documentation.',
  })
  @IsString()
  @IsNotEmpty()
  appName = 'My App';

  /** Version of the application, shown in the API documentation and by `/health/info`. */
  @Setting({ aliases: ['VERSION'], description: 'Version of the application, shown in its API documentation.' })
  @IsString()
  @IsNotEmpty()
  appVersion = '0.1.0';

  /** One paragraph about the API for its documentation. */
  @Setting({ description: 'What the API is for, shown in its documentation.' })
  @IsString()
  description = 'API built with Core Framework';

  /** Where the application runs. */
  @Setting({ description: 'Where the application runs. `production` switches its safety checks on.' })
  @IsIn(ENVIRONMENTS)
  environment: Environment = 'development';

  /** Shows details of errors to clients and stacks at start-up. Refused in production. */
  @Setting({ description: 'Shows details of unexpected errors. Refused in production.' })
  @IsBoolean()
  debug = false;

  /**
   * Signs tokens and cookies. In development and testing a missing key is replaced by a random one that lives as
   * long as the process; elsewhere it must be set, in production with at least 32 unguessable bytes.
   */
  @Setting<ApplicationSettings>({
    secret: true,
    description: 'Signs tokens and cookies; 32 bytes or more. Random per process in development when not set.',
    derive: temporaryKey,
  })
  @IsString()
  secretKey = '';

  /** Codes of boot-time checks whose findings are passed over, `VIEWSET_UNINDEXED_FILTER` for one; errors too. */
  @Setting({ description: 'Codes of checks before the start whose findings are passed over.' })
  @Matches(/^[A-Z][A-Z\d_]*$/, { each: true, message: '$property must list codes such as VIEWSET_UNINDEXED_FILTER' })
  silencedChecks: readonly string[] = [];

  get isProduction(): boolean {
    return this.environment === 'production';
  }

  get isDevelopment(): boolean {
    return this.environment === 'development';
  }

  get isTesting(): boolean {
    return this.environment === 'testing';
  }

  get isStaging(): boolean {
    return this.environment === 'staging';
  }
}
