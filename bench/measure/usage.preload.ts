/** Loaded into every rival: tells the benchmark what the process has used so far, whenever it asks. */
import type { Usage } from './rival.js';

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, memory: process.memoryUsage.rss() } satisfies Usage);
});
process.channel?.unref();

// A profile is written by a process that ends, not by one that is ended.
if (process.execArgv.includes('--cpu-prof')) process.once('SIGTERM', () => process.exit());
