import { IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import { REDIS_ADDRESS, redisUrlFromParts } from '../rules/redis-url.js';

/** The Redis server that events, tasks, caches and limits share unless they name their own. */
@SettingsGroup({ title: 'Redis', owner: '@core-framework/messaging' })
export class RedisSettings {
  @Setting({ description: 'Host of the Redis server, when `REDIS_URL` is made of parts.' })
  @IsString()
  @IsNotEmpty()
  redisHost = 'localhost';

  @Setting({ description: 'Port of the Redis server, when `REDIS_URL` is made of parts.' })
  @IsInt()
  @Min(1)
  @Max(65535)
  redisPort = 6379;

  @Setting({ description: 'Number of the Redis database, when `REDIS_URL` is made of parts.' })
  @IsInt()
  @Min(0)
  redisDb = 0;

  @Setting({ secret: true, description: 'Password of the Redis server, when `REDIS_URL` is made of parts.' })
  @IsOptional()
  @IsString()
  redisPassword?: string;

  /** Address of the Redis server; made of the parts when it is not set and one of them is. */
  @Setting<RedisSettings>({
    secret: true,
    description: 'Address of the Redis server. Made of the `REDIS_*` parts when not set and they are.',
    derive: redisUrlFromParts,
  })
  @IsOptional()
  @IsString()
  @Matches(REDIS_ADDRESS, { message: '$property must be an address such as redis://localhost:6379/0' })
  redisUrl?: string;
}
