import { InputSchema, OutputSchema } from '@core-framework/viewset';
import { Order } from './order.model.js';

/** What somebody who orders sends; whose order it is, is told by the token. */
export class OrderInput extends InputSchema(Order, { pick: ['total'] }) {}

/** What is shown of an order. */
export class OrderOutput extends OutputSchema(Order, { pick: ['id', 'userId', 'total', 'status'] }) {}
