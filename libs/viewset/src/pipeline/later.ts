/** Something that is there now, or comes later: what is there is not waited for, since each wait costs a turn. */
export type NowOrLater<T> = T | Promise<T>;

/** Whether a value must be waited for. */
export function isLater<T>(value: NowOrLater<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === 'function';
}
