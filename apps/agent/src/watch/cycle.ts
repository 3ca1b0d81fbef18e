/** What a short-lived process does for the watcher. */
export const cycleStages = ['prepare', 'collect', 'send', 'collect-and-send'] as const;
export type CycleStage = (typeof cycleStages)[number];

/** What that process tells the watcher. */
export interface CycleReport {
  /** Where the state is. */
  folder: string;
  /** Milliseconds from the end of one diagnostic to the start of the next. */
  every: number;
  /** Something is left that could not be sent. */
  failed: boolean;
  /** How long the server asked to be left alone. */
  retryAfterMs: number;
}

/** How that process ended; without a report it did not come to its end. */
export interface CycleOutcome {
  code: number | null;
  report: CycleReport | undefined;
}
