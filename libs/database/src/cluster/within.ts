/** A server did not answer in time: it hangs, or the way to it is cut. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  constructor(readonly waitedMs: number) {
    super(`no answer within ${waitedMs} ms`);
  }
}

/** Time is counted in steps: one in which this process was held up, for however long, counts no more than any other. */
const STEP_MS = 100;

/**
 * The outcome of `work`, or NoAnswerError after `ms` in which this process could have read an answer. To connect takes
 * several answers, one after the other: those cannot all lie in the socket when a hold-up ends. The one that does still
 * counts: judgement waits until the sockets were read once more.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const count = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, STEP_MS);
      timer = setTimeout(() => {
        if (leftMs > stepMs) count(leftMs - stepMs);
        else setImmediate(() => reject(new NoAnswerError(ms)));
      }, stepMs);
    };
    count(ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
