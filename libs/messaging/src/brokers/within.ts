import { BrokerRefusedError, BrokerUnreachableError } from '../errors/messaging.errors.js';

/**
 * Awaits what a server answers, for at most so many milliseconds.
 *
 * @param refusal tells what a server said that answered no; nothing of other errors
 * @throws BrokerUnreachableError, BrokerRefusedError
 */
export async function within<T>(
  broker: string,
  timeoutMs: number,
  work: () => Promise<T>,
  refusal: (error: unknown) => string | undefined = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    if (error instanceof BrokerUnreachableError || error instanceof BrokerRefusedError) throw error;
    const reason = refusal(error);
    throw reason === undefined
      ? new BrokerUnreachableError(broker, error)
      : new BrokerRefusedError(broker, reason, error);
  } finally {
    clearTimeout(timer);
  }
}
