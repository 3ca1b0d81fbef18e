/** Why a server could not be reached, in a few words. */
export function reasonOf(error: unknown, limitMs: number): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'no route to it';
  if (code === 'ETIMEDOUT' || name === 'TimeoutError' || /time(d )?out/i.test(message))
    return `no answer within ${limitMs / 1000} s`;
  if (/(terminated|closed) unexpectedly/i.test(message)) return 'it closed the connection';
  return message.split('\n')[0] ?? 'unknown reason';
}
