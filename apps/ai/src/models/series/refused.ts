/** One fault of the input: an RFC 6901 pointer into it. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** More faults than anybody reads would only make the answer large. */
export const FAULTS_MAX = 100;

/** The input cannot be calculated with, and where. What is between people and models makes a problem of it. */
export class InputRefused extends Error {
  override readonly name = 'InputRefused';

  /** @param details further figures of it, e.g. how much is needed */
  constructor(
    readonly code: 'validation-failed' | 'too-many-missing' | 'insufficient-data',
    readonly faults: readonly Fault[],
    readonly details: Readonly<Record<string, number>> = {},
  ) {
    super(code);
  }
}
