/** How fast something went. */
export interface Measured {
  readonly what: string;
  readonly perSecond: number;
  /** Processor time of this process for each event, in microseconds. */
  readonly cpu: number;
}

/** Times work on so many events. */
export async function measured(what: string, events: number, work: () => Promise<void>): Promise<Measured> {
  const [time, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const [took, used] = [performance.now() - time, process.cpuUsage(cpu)];
  return { what, perSecond: Math.round((events * 1000) / took), cpu: Math.round((used.user + used.system) / events) };
}
