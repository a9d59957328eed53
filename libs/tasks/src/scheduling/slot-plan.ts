import { Cron } from 'croner';
import { InvalidTaskOptionError } from '../errors/tasks.errors.js';
import { type Duration, millisecondsOf } from '../timing/duration.js';

/** When something happens again and again. */
export type Timing =
  | {
      /**
       * Five fields (minute, hour, day of the month, month, day of the week) or six (seconds first), with names
       * (`MON-FRI`, `JAN`), ranges, lists, steps, `L`, `W`, `#` and `@daily` and the like; Sunday is 0 or 7.
       */
      readonly cron: string;
      readonly interval?: undefined;
      /** Time zone of the fields, such as `Europe/Lisbon`. @defaultValue the setting `TASK_TIMEZONE`: that of `TIMEZONE` */
      readonly timezone?: string;
    }
  | {
      /** Time between two slots, 1 second at least; slots are counted from 1970 on, so that all schedulers agree. */
      readonly interval: Duration;
      readonly cron?: undefined;
      readonly timezone?: undefined;
    };

/** The instants for which a periodic task runs. */
export interface SlotPlan {
  /** For people: `cron 0 0 * * * (UTC)`. */
  readonly description: string;
  /** The first slot after an instant; none when there will be no more. */
  next(after: Date): Date | undefined;
}

const SHORTEST_INTERVAL_MS = 1000;
/** How far back slots are looked for at first; further each time, so that a long while ago costs nothing. */
const FIRST_SPAN_MS = 21_600_000;
/** Longer than an hour that comes twice: a plan that is asked within one may not know that it has passed a slot. */
const RUN_UP_MS = 10_800_000;

/** @throws InvalidTaskOptionError */
export function slotPlanOf(task: string, { cron, interval, timezone }: Timing, defaultZone: string): SlotPlan {
  if ((cron === undefined) === (interval === undefined)) {
    throw new InvalidTaskOptionError(`${task} needs a cron expression or an interval.`, 'Give one of them.');
  }
  return cron === undefined ? intervalPlan(task, interval) : cronPlan(task, cron, timezone ?? defaultZone);
}

/** The slots after `from` and until `until`, the last `limit` of them. */
export function slotsBetween(plan: SlotPlan, from: Date, until: Date, limit: number): readonly Date[] {
  for (let spanMs = FIRST_SPAN_MS; ; spanMs *= 4) {
    const since = new Date(Math.max(from.getTime(), until.getTime() - spanMs));
    const start = new Date(Math.max(from.getTime(), since.getTime() - RUN_UP_MS));
    const slots: Date[] = [];
    for (let slot = plan.next(start); slot && slot <= until; slot = plan.next(slot)) {
      if (slot <= since) continue;
      slots.push(slot);
      if (slots.length > limit) slots.shift();
    }
    if (slots.length === limit || since <= from) return slots;
  }
}

/**
 * Where clocks change, expressions without wildcard and step keep to the day: what falls into the hour that is left out
 * runs right after it, what falls into the hour that comes twice runs the first time. Others keep to elapsed time.
 */
function cronPlan(task: string, cron: string, timezone: string): SlotPlan {
  try {
    const job = new Cron(cron, {
      timezone,
      paused: true,
      mode: '5-or-6-parts',
      fixedTimeRule: 'no-wildcard',
    });
    // Zones are looked at only when an instant is asked for.
    job.nextRun(new Date(0));
    return { description: `cron ${cron} (${timezone})`, next: (after) => job.nextRun(after) ?? undefined };
  } catch (error) {
    throw new InvalidTaskOptionError(
      `${task} has the cron expression "${cron}" in the time zone ${timezone}: ${error instanceof Error ? error.message : String(error)}`,
      "Write it like '0 9 * * MON-FRI', the zone like 'Europe/Lisbon'.",
    );
  }
}

function intervalPlan(task: string, interval: Duration | undefined): SlotPlan {
  const every = millisecondsOf(interval as Duration, `interval of ${task}`);
  if (every < SHORTEST_INTERVAL_MS) {
    throw new InvalidTaskOptionError(`${task} has an interval below 1 second.`, 'Give a longer one.');
  }
  return {
    description: `every ${every / 1000} s`,
    next: (after) => new Date((Math.floor(after.getTime() / every) + 1) * every),
  };
}
