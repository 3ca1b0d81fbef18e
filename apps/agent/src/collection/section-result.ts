import type { Section } from '@techze/contracts';

/** What a collector saw, in the names of the `systeminformation` library (docs: api.md, "Sections and their data"). */
export type SectionData = Record<string, unknown>;

/** What a collector brings home. A section that is not `ok` says why, and keeps what could be read. */
export type SectionResult =
  | { status: 'ok'; data: SectionData; note?: string }
  | { status: Exclude<Section['status'], 'ok'>; reason: string; data?: SectionData };

export function unavailable(reason: string, data?: SectionData): SectionResult {
  return { status: 'unavailable', reason, data };
}
