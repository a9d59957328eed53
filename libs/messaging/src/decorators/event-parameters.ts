import { createParamDecorator } from '@nestjs/common';
import type { CoreEvent } from '../events/core-event.js';

/** Fills a parameter of a handler with the data of the event; pipes apply to it as to a parameter of a controller. */
export const EventData = createParamDecorator((_none: undefined, context) => context.getArgByIndex<CoreEvent>(0).data);

/** Fills a parameter of a handler with the event, where another parameter is decorated. */
export const EventInfo = createParamDecorator((_none: undefined, context) => context.getArgByIndex<CoreEvent>(0));
