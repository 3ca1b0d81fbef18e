import type { Acknowledgement, FindingReason, FindingState, Severity } from '@techze/contracts';

/** What of a finding its further life depends on. Times are the device's (`seen_at`) unless they say otherwise. */
export interface Life {
  readonly code: string;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly first_seen: Date;
  readonly last_seen: Date;
  /** Diagnostics that showed it. */
  readonly occurrences: number;
  /** Of them, in a row and not yet cleared: what `fails_before_alert` counts. */
  readonly consecutive: number;
  readonly opened_at: Date | null;
  /** When it was last resolved; kept when it comes back. */
  readonly resolved_at: Date | null;
  /** Since when, by our clock, the world outside believes that it is open; null: it believes that it is not. */
  readonly alerted_at: Date | null;
  /** As how bad it was announced. */
  readonly alerted_severity: Severity | null;
  readonly flapping: boolean;
  /** When it last came and went (ISO), newest last. */
  readonly changes: readonly string[];
  /** While it is acknowledged. */
  readonly acknowledgement: Acknowledgement | null;
  /** The maintenance window that keeps it quiet, while it is suppressed. */
  readonly suppressed_by: string | null;
}

/** What one diagnostic says of a finding. A check that it says nothing of is unknown: nothing changes, however long. */
export type Word =
  | { readonly kind: 'entered'; readonly severity: Severity; readonly hold: Severity; readonly value: Value }
  /** No finding by itself, but not well either: what is open stays (hysteresis). */
  | { readonly kind: 'held'; readonly hold: Severity; readonly value: Value }
  | { readonly kind: 'cleared'; readonly reason: 'cleared' | 'gone' | 'check_off' };

export type Value = number | string | boolean;

/** Under what circumstances it says so. */
export interface Around {
  /** The time of the diagnostic; windows and flap damping go by it, because late uploads measured what was then. */
  readonly at: Date;
  /** Our clock; acknowledgements expire by it. */
  readonly now: Date;
  /** Maintenance windows that cover the device at that time. */
  readonly windows: readonly string[];
  readonly failsBeforeAlert: number;
}

/** What the world outside is told. */
export interface News {
  readonly type: 'opened' | 'changed' | 'resolved';
  readonly reason: FindingReason;
  readonly reopened?: true;
}

/** News that a maintenance window kept quiet. */
export interface Muted {
  readonly type: News['type'];
  readonly window: string;
}

/** What became of a finding. `life` is the very one that went in where nothing changed. */
export interface Step {
  readonly life: Life;
  readonly transition: { readonly from: FindingState | null; readonly reason: FindingReason } | null;
  readonly news: News | null;
  readonly muted: Muted | null;
}

/** A finding of which nothing is known yet: as if it had been resolved all along. */
export function unborn(code: string, severity: Severity, at: Date): Life {
  return {
    code,
    state: 'resolved',
    severity,
    first_seen: at,
    last_seen: at,
    occurrences: 0,
    consecutive: 0,
    opened_at: null,
    resolved_at: null,
    alerted_at: null,
    alerted_severity: null,
    flapping: false,
    changes: [],
    acknowledgement: null,
    suppressed_by: null,
  };
}

/** The state before, for the record. */
export function stateBefore(life: Life): FindingState | null {
  return life.occurrences === 0 ? null : life.state;
}
