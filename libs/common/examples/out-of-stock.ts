import { ApiException, ConflictException, type Principal } from '@core-framework/common';

/** Refuses an order that the stock does not cover; clients read the code, people the sentence. */
export function takeFromStock(stock: number, wanted: number, buyer: Principal): number {
  if (!buyer.isActive) throw new ApiException(402, 'This account is suspended.', { code: 'account_suspended' });
  if (wanted > stock) throw new ConflictException(`Only ${stock} left.`, { code: 'out_of_stock' });
  return stock - wanted;
}
