import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Where the HTTP server listens. */
@SettingsGroup({ title: 'Server', owner: '@core-framework/platform' })
export class ServerSettings {
  /** Address to listen on; the default accepts connections on every interface. */
  @Setting({ description: 'Address to listen on.' })
  @IsString()
  @Matches(/^[\w.:-]+$/, { message: '$property must be a host name or an IP address' })
  host = '0.0.0.0';

  /** Port to listen on; `0` picks a free one. */
  @Setting({ description: 'Port to listen on; `0` picks a free one.' })
  @IsInt()
  @Min(0)
  @Max(65535)
  port = 8000;

  /** Restarts the development server when a source file changes. */
  @Setting({
    owner: '@core-framework/cli',
    description: 'Restarts the development server when a source file changes.',
  })
  @IsBoolean()
  reload = false;

  /** Path in front of every route: `/api/v1`; empty for none. */
  @Setting({ aliases: ['API_V1_PREFIX'], description: 'Path in front of every route; empty for none.' })
  @IsString()
  @Matches(/^(\/[\w.~-]+)*$/, {
    message:
      '$property must be empty, or fixed parts such as /api/v1, each after a slash, of letters, digits and . _ ~ -',
  })
  apiPrefix = '/api/v1';

  /**
   * Whose `X-Forwarded-*` headers are believed: `true` for anybody's, a number of proxies, or their addresses and
   * networks. Without a proxy in front it must stay empty, or clients choose their own address.
   */
  @Setting({
    description:
      'Proxies whose `X-Forwarded-*` headers are believed: `true`, how many, or their addresses; empty for none.',
  })
  @Matches(
    /^(|true|false|\d{1,2}|[\da-f.:/]+(,[\da-f.:/]+)*|(loopback|linklocal|uniquelocal)(,(loopback|linklocal|uniquelocal))*)$/i,
    {
      message: 'must be true, false, a number of proxies, or a list of their addresses',
    },
  )
  trustProxy = '';

  /** Serves `/docs`, `/redoc` and `/openapi.json`; without a value not in production. */
  @Setting<ServerSettings & { readonly isProduction?: boolean }>({
    description: 'Serves `/docs`, `/redoc` and `/openapi.json`; not in production when not set.',
    derive: ({ isProduction }) => !isProduction,
  })
  @IsBoolean()
  docsEnabled = true;

  /** Answers `GET` of the API prefix with the addresses of the collections that the caller may see. */
  @Setting({
    owner: '@core-framework/viewset',
    description: 'Answers the API prefix with the addresses of the collections that the caller may see.',
  })
  @IsBoolean()
  apiIndexEnabled = true;

  /** Requests that take longer are logged as slow. */
  @Setting({ description: 'Milliseconds after which a request is logged as slow.' })
  @IsInt()
  @Min(1)
  slowRequestMs = 1000;

  /** How long requests in work may go on when the process is told to stop. */
  @Setting({ description: 'Milliseconds that requests in work may still take when the process is told to stop.' })
  @IsInt()
  @Min(0)
  shutdownTimeoutMs = 10_000;

  /** How long events and tasks in work may go on when the process is told to stop. */
  @Setting({ description: 'Seconds that events and tasks in work may still take when the process is told to stop.' })
  @IsNumber()
  @Min(0)
  shutdownTimeout = 25;

  /** Where a process without an HTTP interface says how it is; `0` picks a free port. */
  @Setting({
    description:
      'Port on which a process without an HTTP interface answers below `/health`; `0` picks a free one. It does not when not set.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65535)
  healthPort?: number;
}
