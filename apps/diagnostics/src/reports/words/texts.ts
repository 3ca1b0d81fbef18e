import type { Band, Category, DiagnosticStatus, DiagnosticType, FindingState, Severity } from '@techze/contracts';
import type { Why } from '../view/report-view.js';
import type { TrendCode } from '../view/trend-codes.js';

/** One and many. */
export type Counted = readonly [one: string, many: string];

/** Sections that have a name worth telling, beside the categories. */
export type SectionName = 'system' | 'os' | 'cpu' | 'thermal' | 'graphics' | 'processes' | 'services';

/** Units that are nouns; the others are numbers with a sign, which Intl writes. */
export type NounUnit =
  'bits' | 'cycles' | 'errors' | 'events' | 'processes' | 'retries' | 'sectors' | 'services' | 'timeouts';

/** States that checks know, where they are not words of the trade. */
export type StateName =
  | 'on'
  | 'off'
  | 'partly_off'
  | 'outdated'
  | 'yes'
  | 'no'
  | 'passed'
  | 'failing'
  | 'degraded'
  | 'never'
  | 'past'
  | 'now'
  | 'clean'
  | 'errors_logged'
  | 'self_test_failed'
  | 'prefail_past'
  | 'prefail_now';

/** Everything that a report says in one language. Each language is one value of this type, so none can lack a word. */
export interface Texts {
  readonly eyebrow: string;
  /** Of the document: what a browser's tab and a PDF reader's window show. */
  readonly title: (machine: string) => string;
  readonly filePrefix: string;
  readonly unnamedMachine: string;

  readonly facts: {
    readonly customer: string;
    readonly site: string;
    readonly date: string;
    readonly model: string;
    readonly serial: string;
    readonly os: string;
    readonly type: string;
  };
  readonly types: Readonly<Record<DiagnosticType, string>>;
  readonly statuses: Readonly<Record<DiagnosticStatus, string>>;
  readonly notes: string;

  readonly bands: Readonly<Record<Band, string>>;
  /** What a band means for whoever owns the machine. */
  readonly bandAdvice: Readonly<Record<Band, string>>;
  readonly outOf100: string;
  readonly noScore: string;
  readonly gaugeLabel: (score: string, band: string) => string;
  readonly nothingMeasured: string;
  readonly noEvidence: (status: string) => string;
  readonly nothingFound: string;
  readonly found: (critical: string | null, warnings: string | null) => string;
  readonly criticals: Counted;
  readonly warnings: Counted;
  readonly coverage: (percent: string) => string;
  readonly unseen: (list: string) => string;
  readonly unseenPart: (part: string, why: string) => string;
  readonly more: (count: number) => string;

  readonly categories: Readonly<Record<Category, string>>;
  readonly sections: Readonly<Record<SectionName, string>>;
  readonly whys: Readonly<Record<Extract<Why, string>, string>>;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly states: Readonly<Record<StateName, string>>;
  readonly findingStates: Readonly<Record<FindingState, string>>;
  readonly units: Readonly<Record<NounUnit, Counted>>;
  readonly outOf10: (value: string) => string;

  readonly headings: {
    readonly comparison: string;
    readonly categories: string;
    readonly findings: string;
    readonly deductions: string;
    readonly disks: string;
    readonly overTime: string;
    readonly about: string;
  };
  readonly notMeasured: (why: string) => string;
  readonly weight: (percent: string) => string;

  readonly points: (lost: string) => string;
  readonly measured: string;
  readonly limit: string;
  readonly expected: string;
  readonly source: string;
  readonly detail: string;
  readonly fix: string;
  readonly firstSeen: (date: string, times: number) => string;

  readonly stable: (span: string) => string;
  readonly changedWithin: (span: string) => string;
  readonly movedBy: (by: string, span: string) => string;

  readonly deductions: {
    readonly what: string;
    readonly measured: string;
    readonly points: string;
    readonly rest: (count: number) => string;
    readonly total: (score: string) => string;
  };

  readonly compared: {
    readonly before: (date: string) => string;
    readonly after: (date: string) => string;
    readonly delta: (points: string) => string;
    readonly noDelta: string;
    readonly resolved: string;
    readonly now: (value: string) => string;
    readonly gone: string;
    readonly opened: string;
    readonly openedUnmeasured: string;
    readonly changed: string;
    readonly unchanged: string;
    readonly unmeasured: string;
    readonly nothing: string;
    readonly became: (from: string, to: string) => string;
    readonly better: string;
    readonly worse: string;
    readonly unmeasuredNote: string;
  };

  readonly charts: {
    readonly history: string;
    readonly historyLabel: (from: string, to: string, count: number) => string;
    readonly trends: Readonly<Record<TrendCode, string>>;
    readonly trendLabel: (title: string, from: string, to: string) => string;
  };

  readonly about: {
    readonly diagnostic: string;
    readonly against: string;
    readonly collected: string;
    readonly received: string;
    readonly scoring: string;
    readonly agent: string;
    readonly statement: string;
    readonly missingCharacters: string;
  };
  readonly page: (page: number, pages: number) => string;
  readonly unknown: string;
}
