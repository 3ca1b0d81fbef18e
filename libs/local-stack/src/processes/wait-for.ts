import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  readonly what?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a condition yields something truthy, asking every `everyMs`. What it throws counts as "not yet".
 * @param signal ends the wait with its reason
 * @param what completes "… in time": told in the error, with the last fault
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, what = 'the condition did not come true', signal }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let fault: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await condition();
      if (value) return value;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    if (performance.now() >= end) {
      const reason = fault instanceof Error ? ` (${fault.message})` : '';
      throw new Error(`${what} within ${timeoutMs} ms${reason}`, { cause: fault });
    }
    await delay(everyMs, undefined, { signal });
  }
}
