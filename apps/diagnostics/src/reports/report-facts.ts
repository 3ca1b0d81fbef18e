import type { Finding, SectionStatus } from '@techze/contracts';
import type { DiagnosticRow } from '../diagnostics/diagnostic.entity.js';
import type { StoredReading } from '../scoring/index.js';

/** A stored diagnostic, as far as a report tells of it. Without evidence (requested, cancelled) most of it is null. */
export type DiagnosticFacts = Pick<
  DiagnosticRow,
  | 'id'
  | 'type'
  | 'status'
  | 'collected_at'
  | 'received_at'
  | 'created_at'
  | 'seen_at'
  | 'scoring_version'
  | 'agent'
  | 'health'
  | 'findings'
  | 'readings'
  | 'notes'
>;

/** Whose machine it is, and what it calls itself. */
export interface MachineFacts {
  readonly name: string | null;
  readonly hostname: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly os: string | null;
  readonly customer: string | null;
  readonly site: string | null;
  /** IANA name, as somebody typed it. */
  readonly timezone: string | null;
}

/** How one collector fared. */
export interface SectionFacts {
  readonly name: string;
  readonly status: SectionStatus;
}

/** An earlier diagnostic of the device, or this one: what the charts are drawn from. */
export interface PastFacts {
  readonly id: string;
  readonly at: Date;
  readonly score: number | null;
  /** Of the checks that trends are drawn of. */
  readonly readings: readonly StoredReading[];
}

/** Everything that a report is made of. */
export interface ReportFacts {
  readonly diagnostic: DiagnosticFacts;
  readonly machine: MachineFacts;
  readonly sections: readonly SectionFacts[];
  /** Oldest first, this diagnostic among them. */
  readonly past: readonly PastFacts[];
  readonly against: DiagnosticFacts | null;
  /** Whether the part that a finding is about was there no more at the later of the two diagnostics. */
  readonly isGone: (finding: Finding) => boolean;
}

/** When the machine was in the state that the diagnostic tells of. */
export function momentOf({ seen_at, collected_at, created_at }: DiagnosticFacts): Date {
  return seen_at ?? collected_at ?? created_at;
}
