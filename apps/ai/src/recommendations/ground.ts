import type { RecommendationEvidence } from '@techze/contracts';
import type { Rule } from './rules.js';

/** One reason to do something. Reasons of one rule, device and key are one recommendation. */
export interface Ground {
  readonly rule: Rule;
  readonly deviceId: string | null;
  readonly key: string;
  /** As people know the part. */
  readonly subject: string | null;
  /** That it harms within a month. */
  readonly probability: number;
  /** Points that it costs now. */
  readonly points: number;
  readonly evidence: readonly RecommendationEvidence[];
  /** When it is too late, where that is known. */
  readonly dueAt?: number;
  /** What the words tell besides. */
  readonly facts: Readonly<Record<string, string | number>>;
}
