import { z } from 'zod';
import { defineCommand } from './command.js';
import { rescoredDiagnosticExample } from './diagnostic-rescore.example.js';
import { Finding } from './finding.js';
import { Band, Health } from './health.js';
import { rolesFrom } from './principal.js';

const number = z.number().nullable();

/** What today's rules and thresholds say of the stored evidence. The diagnostic keeps the verdict that it got. */
export const RescoredDiagnostic = z
  .object({
    diagnostic_id: z.string(),
    scoring_version: z.object({ then: z.string(), now: z.string() }),
    score: z.object({ then: number, now: number, delta: number }),
    band: z.object({ then: Band, now: Band }),
    coverage: z.object({ then: z.number(), now: z.number() }),
    health: Health.describe('As it would be now.'),
    findings: z
      .array(
        Finding.pick({
          key: true,
          category: true,
          code: true,
          severity: true,
          title: true,
          evidence: true,
          points: true,
        }),
      )
      .describe('As they would be now.'),
    differences: z
      .array(
        z.object({
          code: z.string(),
          key: z.string(),
          points: z.object({ then: z.number(), now: z.number() }),
          reason: z.string(),
        }),
      )
      .describe('Why the scores differ, deduction by deduction. They add up to the difference exactly.'),
  })
  .meta({ id: 'RescoredDiagnostic', example: rescoredDiagnosticExample });
export type RescoredDiagnostic = z.infer<typeof RescoredDiagnostic>;

export const RescoreDiagnostic = z.object({ id: z.string() });
export type RescoreDiagnostic = z.infer<typeof RescoreDiagnostic>;

export const rescoreDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.rescore',
  request: RescoreDiagnostic,
  response: RescoredDiagnostic,
  idempotent: true,
  roles: rolesFrom('technician'),
});
