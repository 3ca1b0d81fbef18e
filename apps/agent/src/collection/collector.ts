import type { SystemProbe } from '../machine/system-probe.js';
import type { PrivacyClass } from '../settings/privacy-classes.js';
import type { SectionResult } from './section-result.js';

/** What a collector may need to know beside the machine. */
export interface CollectorContext {
  /** Limit of time for each part that a collector reads. */
  partLimitMs: number;
  /** Where the diagnostic goes; without it nothing is contacted. */
  server?: { host: string; port: number };
  /** What tells of people is left out, but for the classes named here. */
  include: readonly PrivacyClass[];
}

/** Reads one section. It may throw and may hang: `collectSections` turns both into the section's status. */
export interface Collector {
  readonly section: string;
  /**
   * The first of two samples. The library's rates are null, or an average since boot, on the first call:
   * `collect` comes at least a second later and gives the rates of that second.
   */
  prime?(machine: SystemProbe): Promise<unknown>;
  collect(machine: SystemProbe, context: CollectorContext): Promise<SectionResult>;
}
