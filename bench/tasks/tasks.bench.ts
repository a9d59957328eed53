import type { BenchOptions } from '../measure/bench-options.js';
import { show } from '../measure/table.js';
import { LOAD, median, type TaskFigures } from './figures.js';
import { measureFramework } from './framework.js';
import { DRIVERS } from './measured-drivers.js';
import { measureRawBullMQ } from './raw-bullmq.js';

const ROUNDS = 3;

/** Measures each driver and BullMQ alone, in rounds that take turns, and prints the figures in the middle. */
export async function run({ json, markdown, only, rounds = ROUNDS }: BenchOptions): Promise<void> {
  const all = [
    ...DRIVERS.map((driver) => ({ name: driver.name, measure: () => measureFramework(driver) })),
    { name: 'BullMQ alone', measure: measureRawBullMQ },
  ];
  const wanted = all.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  const taken = new Map<string, TaskFigures[]>(wanted.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, measure } of wanted) taken.get(name)?.push(await measure());
  }
  const figures = new Map([...taken].map(([name, samples]) => [name, median(samples)]));
  if (json) return console.log(JSON.stringify(Object.fromEntries(figures), undefined, 2));
  const rows = Object.fromEntries([...figures].map(([name, figure]) => [name, cells(figure)]));
  const title = `${LOAD.tasks} tasks that do nothing, ${LOAD.concurrency} at a time`;
  show({ title, rows }, { markdown });
}

function cells({ enqueueOne, enqueueMany, process, cpu, p50, p99 }: TaskFigures): Record<string, string> {
  const perSecond = (value: number) => `${Math.round(value / 10) * 10}/s`;
  return {
    run: perSecond(process),
    'CPU of each': `${Math.round(cpu)} µs`,
    'enqueued one by one': perSecond(enqueueOne),
    [`enqueued by ${LOAD.batch}`]: perSecond(enqueueMany),
    'latency p50': `${p50.toFixed(1)} ms`,
    'latency p99': `${p99.toFixed(1)} ms`,
  };
}
