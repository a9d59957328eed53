import { CannotListenError, PortInUseError } from '../errors/platform.errors.js';

/**
 * Has something listen.
 *
 * @throws PortInUseError, CannotListenError
 */
export async function listenOn(
  { host, port }: { readonly host: string; readonly port: number },
  listen: (port: number, host: string) => Promise<unknown>,
): Promise<void> {
  try {
    await listen(port, host);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw reason === 'EADDRINUSE'
      ? new PortInUseError(host, port, error)
      : new CannotListenError(host, port, reason, error);
  }
}
