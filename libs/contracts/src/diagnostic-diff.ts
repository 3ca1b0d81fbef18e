import { z } from 'zod';
import { defineCommand } from './command.js';
import { diagnosticDiffExample } from './diagnostic-diff.example.js';
import { Finding } from './finding.js';
import { Category } from './health.js';
import { rolesFrom } from './principal.js';

/** GET /api/v1/diagnostics/{id}/diff: from the one in `against` to the one of the path. */
export const DiffDiagnosticQuery = z.strictObject({
  against: z.string().describe('Id of the diagnostic to compare with, of the same device.'),
});

const change = z.object({ from: z.number().nullable(), to: z.number().nullable(), delta: z.number().nullable() });
const sight = Finding.pick({ severity: true, evidence: true, points: true });

export const DiagnosticDiff = z
  .object({
    score: change.describe('delta: null where either has no score.'),
    coverage: change,
    categories: z.array(change.extend({ name: Category })),
    findings: z.object({
      opened: z.array(Finding).describe('Faults of the later that the earlier does not have.'),
      resolved: z.array(Finding).describe('Faults of the earlier that the later looked for and does not have.'),
      changed: z
        .array(
          z.object({
            ...Finding.pick({ id: true, key: true, category: true, code: true, title: true }).shape,
            from: sight,
            to: sight,
          }),
        )
        .describe('Faults of both whose severity or value is another.'),
      unobserved: z
        .array(Finding)
        .describe('Faults of the earlier that the later did not look for: neither there nor resolved.'),
    }),
  })
  .meta({ id: 'DiagnosticDiff', example: diagnosticDiffExample });
export type DiagnosticDiff = z.infer<typeof DiagnosticDiff>;

export const DiffDiagnostic = z.object({ id: z.string(), against: z.string() });
export type DiffDiagnostic = z.infer<typeof DiffDiagnostic>;

export const diffDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.diff',
  request: DiffDiagnostic,
  response: DiagnosticDiff,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
