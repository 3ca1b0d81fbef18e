import { z } from 'zod';
import { Category, Evidence, Severity } from './health.js';

export const FindingState = z.enum(['open', 'acknowledged', 'suppressed', 'resolved', 'false_positive']);
export type FindingState = z.infer<typeof FindingState>;

/** A fault seen on a device. Its key is stable from diagnostic to diagnostic. */
export const Finding = z
  .object({
    id: z.string(),
    key: z.string().describe('Code and instance: the same fault of the same part keeps it.'),
    category: Category,
    code: z.string().describe('Stable, e.g. FS_USED or SMART_197.'),
    severity: Severity,
    title: z.string(),
    evidence: Evidence,
    points: z.number().describe('Points of the score lost to it.'),
    state: FindingState,
    first_seen: z.iso.datetime(),
    last_seen: z.iso.datetime(),
    occurrences: z.number().int(),
    trend: z.string().nullable(),
    acknowledgement: z.null(),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;
