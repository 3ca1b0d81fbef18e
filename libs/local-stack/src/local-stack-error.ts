/** A fault its reader can mend: the message is the whole explanation, one line, no stack. */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError';
}
