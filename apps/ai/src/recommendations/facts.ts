import type { Evidence, ReportLanguage, Severity } from '@techze/contracts';

/** What recommendations are made of, as the database wrote it: times are texts, with their zone. */
export interface Facts {
  readonly tenant_id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly language: ReportLanguage;
  readonly device_id: string | null;
  readonly limit: number;
  /** Completed diagnostics of the device, or of any; at most 1 is counted. */
  readonly diagnostics: number;
  readonly findings: readonly FindingFact[];
  readonly anomalies: readonly AnomalyFact[];
  readonly series: readonly SeriesFact[];
  readonly disks: readonly DiskFact[];
  readonly fleet: readonly FleetFact[];
  readonly dismissals: readonly DismissalFact[];
}

/** An open finding. */
export interface FindingFact {
  readonly id: string;
  readonly device_id: string;
  readonly key: string;
  readonly code: string;
  readonly instance: string | null;
  readonly severity: Severity;
  readonly evidence: Evidence;
  readonly points: number;
  readonly last_seen: string;
}

/** An open anomaly that nobody called false. */
export interface AnomalyFact {
  readonly id: string;
  readonly device_id: string;
  readonly metric: string;
  readonly instance: string;
  readonly severity: Severity;
  readonly value: number | null;
  readonly expected_high: number | null;
  readonly score: number;
  readonly end_at: string;
}

/** What is stored of a metric, oldest first. */
export interface SeriesFact {
  readonly device_id: string;
  readonly metric: string;
  readonly instance: string;
  /** Of the newest sample. */
  readonly diagnostic_id: string;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** A disk of a device's inventory. */
export interface DiskFact {
  readonly device_id: string;
  readonly serial: string;
  readonly name: string | null;
}

/** A device among the others. */
export interface FleetFact {
  readonly device_id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The id of an open finding by its code. */
  readonly findings: Readonly<Record<string, string>>;
  readonly last_seen: string | null;
}

export interface DismissalFact {
  readonly id: string;
  readonly priority: number;
}
