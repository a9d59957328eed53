import { IsIn } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

const ERROR_FORMATS = ['detail', 'problem', 'envelope'] as const;
export type ErrorFormat = (typeof ERROR_FORMATS)[number];

const RESPONSE_FORMATS = ['bare', 'envelope'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** Which shape answers have. */
@SettingsGroup({ title: 'Responses', owner: '@core-framework/platform' })
export class ResponseSettings {
  /** Shape of error bodies; `problem` is RFC 9457. */
  @Setting({ description: 'Shape of error bodies; `problem` is RFC 9457.' })
  @IsIn(ERROR_FORMATS)
  errorFormat: ErrorFormat = 'detail';

  /** Shape of success bodies: the data alone, or inside `success`, `message`, `data`. */
  @Setting({
    owner: '@core-framework/viewset',
    description: 'Shape of success bodies: the data alone, or inside an envelope.',
  })
  @IsIn(RESPONSE_FORMATS)
  responseFormat: ResponseFormat = 'bare';
}
