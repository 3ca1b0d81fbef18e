import type { Band, Category, DiagnosticStatus, DiagnosticType, Evidence, Finding } from '@techze/contracts';
import type { TrendCode } from './trend-codes.js';

/** The first of many; the others are only counted. */
export interface Bounded<Item> {
  readonly shown: readonly Item[];
  readonly more: number;
}

/** What a report says, in no language: numbers, keys and cleaned text of the machine. Both renderers are fed by it. */
export interface ReportView {
  readonly id: string;
  readonly type: DiagnosticType;
  readonly status: DiagnosticStatus;
  readonly machine: MachineView;
  readonly notes: string | null;
  /** IANA name of the zone that all times are told in. */
  readonly timeZone: string;
  readonly at: Date;
  readonly collectedAt: Date | null;
  readonly receivedAt: Date | null;
  readonly scoringVersion: string | null;
  readonly agentVersion: string | null;
  readonly verdict: VerdictView;
  readonly unseen: Bounded<Unseen>;
  readonly categories: readonly CategoryView[];
  readonly findings: Bounded<FindingView>;
  readonly deductions: DeductionsView;
  /** Scores of the device's diagnostics up to this one, oldest first; fewer than two say nothing over time. */
  readonly history: readonly { readonly at: Date; readonly score: number }[];
  readonly mounts: Bounded<{
    readonly mount: string;
    readonly usedPercent: number;
    readonly severity: FindingView['severity'] | null;
  }>;
  readonly trends: readonly Trend[];
  readonly comparison: ComparisonView | null;
}

export interface MachineView {
  readonly name: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly os: string | null;
  readonly customer: string | null;
  readonly site: string | null;
}

export interface VerdictView {
  readonly score: number | null;
  readonly band: Band;
  /** 0 to 1. */
  readonly coverage: number;
  readonly critical: number;
  readonly warnings: number;
}

/** Why something was not measured: a key of the texts, or in the words of a version that this one does not know. */
export type Why =
  | 'no_battery'
  | 'not_collected'
  | 'no_usable_value'
  | 'future_schema'
  | 'unavailable'
  | 'denied'
  | 'timeout'
  | 'error'
  | { readonly said: string };

/** A category or a section of which nothing, or not all, was seen. */
export interface Unseen {
  readonly part: string;
  readonly why: Why;
}

export interface CategoryView {
  readonly name: Category;
  readonly score: number | null;
  /** Its share of the score, 0 to 1. */
  readonly weight: number;
  readonly why: Why | null;
}

/** How long something took, in the units of Intl. */
export interface Span {
  readonly length: number;
  readonly unit: 'day' | 'hour' | 'minute';
}

/** Where a finding's value goes; in the words of another release where they are not understood. */
export type FindingTrend =
  | { readonly kind: 'stable' | 'changed'; readonly span: Span }
  | { readonly kind: 'moved'; readonly by: number; readonly span: Span }
  | { readonly said: string };

export type FindingView = Pick<
  Finding,
  'key' | 'code' | 'severity' | 'title' | 'evidence' | 'points' | 'state' | 'first_seen' | 'occurrences'
> & { readonly trend: FindingTrend | null };

/** Where the points went: what is shown, the rest in one sum, and what both come to. */
export interface DeductionsView {
  readonly shown: readonly { readonly code: string; readonly evidence: Evidence; readonly points: number }[];
  readonly rest: { readonly count: number; readonly points: number } | null;
  readonly total: number;
}

/** One value of the machine over time, oldest first, at least two points. */
export interface Trend {
  readonly code: TrendCode;
  readonly instance: string | null;
  readonly points: readonly { readonly at: Date; readonly value: number }[];
}

/** Two diagnostics of one device, in the order of time. */
export interface ComparisonView {
  readonly before: MomentView;
  readonly after: MomentView;
  readonly delta: number | null;
  /** Measured again, and in order. */
  readonly resolved: Bounded<ResolvedView>;
  /** About a part that is there no more. */
  readonly gone: Bounded<FindingView>;
  /** Not measured the second time, so nobody knows. */
  readonly unmeasured: Bounded<FindingView>;
  readonly opened: Bounded<OpenedView>;
  readonly changed: Bounded<ChangedView>;
  readonly unchanged: Bounded<FindingView>;
}

export interface MomentView {
  readonly id: string;
  readonly at: Date;
  readonly score: number | null;
  readonly band: Band;
}

export interface ResolvedView {
  readonly finding: FindingView;
  /** What the check reads now; null where the readings were not kept. */
  readonly now: number | string | null;
}

export interface OpenedView {
  readonly finding: FindingView;
  /** It may have been there before: nobody had looked. */
  readonly measuredBefore: boolean;
}

export interface ChangedView {
  readonly before: FindingView;
  readonly after: FindingView;
  readonly direction: 'better' | 'worse' | 'other';
}
