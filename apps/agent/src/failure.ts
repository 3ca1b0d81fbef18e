/** What the process answers to its caller; printed by `--help`. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  nothingCollected: 3,
  loginFailed: 4,
  refused: 5,
  unreachable: 6,
  attention: 7,
  busy: 8,
  state: 9,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The end of a command that a person can do something about: what happened, then what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** One line each, printed below the message. */
    readonly hints: readonly string[] = [],
  ) {
    super(message);
  }
}

export const isFailure = (error: unknown): error is Failure => error instanceof Failure;

/** What the operating system calls an error: ENOENT, EACCES … */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
