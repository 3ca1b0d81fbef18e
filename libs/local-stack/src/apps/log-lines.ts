/** Errors among the lines of a log, in words: `message: cause`. Lines that are not ours (a crash of the runtime) do not count. */
export function errorsIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const entry = parse(line);
    if (entry?.level !== 'error' && entry?.level !== 'fatal') return [];
    const cause = typeof entry.err === 'string' ? entry.err : entry.err?.message;
    return [cause !== undefined && cause !== entry.msg ? `${entry.msg ?? 'error'}: ${cause}` : (entry.msg ?? 'error')];
  });
}

/** The end of a log as a person wants it: JSON lines as their messages, other lines as they are. */
export function readable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const entry = parse(line);
      if (!entry) return line;
      const cause = typeof entry.err === 'string' ? entry.err : entry.err?.stack;
      return [entry.level, entry.msg, cause ?? entry.stack].filter(Boolean).join(' ');
    })
    .join('\n');
}

interface LogEntry {
  readonly level?: string;
  readonly msg?: string;
  readonly stack?: string;
  readonly err?: string | { readonly message?: string; readonly stack?: string };
}

function parse(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
