/** A broker of a suite's own, which can be killed and started again. */
export interface BrokerServer extends AsyncDisposable {
  /** Settings by which processes find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts it on the data that it had. */
  up(): Promise<void>;
  down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}
