import { BrokerUnreachableError } from '../errors/messaging.errors.js';

/** Awaits what a server answers, for at most so many milliseconds. @throws BrokerUnreachableError */
export async function within<T>(broker: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw error instanceof BrokerUnreachableError ? error : new BrokerUnreachableError(broker, error);
  } finally {
    clearTimeout(timer);
  }
}
