/** A server did not answer in time: it hangs, or the way to it is cut. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  constructor(readonly waitedMs: number) {
    super(`no answer within ${waitedMs} ms`);
  }
}

/**
 * The outcome of `work`, or NoAnswerError after `ms`. When this process itself was held up, an answer that already
 * lies in the socket still counts: judgement waits until the sockets were read once more.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new NoAnswerError(ms))), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
