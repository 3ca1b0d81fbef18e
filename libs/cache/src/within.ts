export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The outcome of `work`, or a TimeoutError after `timeoutMs`. The work itself is not stopped. */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // After a long turn of the event loop timers run before sockets are read: an answer that has already arrived gets one more turn.
    const timer = setTimeout(() => setImmediate(() => reject(new TimeoutError('took too long'))), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
