import { z } from 'zod';

/** What a score is made of, and what each weighs when everything was observed (product.md, "The score"). */
export const categoryWeights = {
  storage: 25,
  stability: 15,
  memory: 12,
  cpu_thermal: 13,
  performance: 10,
  battery: 10,
  security: 10,
  network: 5,
} as const;
export type Category = keyof typeof categoryWeights;
export const Category = z.enum(Object.keys(categoryWeights) as [Category, ...Category[]]);

export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const Band = z.enum(['healthy', 'attention', 'poor', 'critical', 'unknown']);
export type Band = z.infer<typeof Band>;

/** What was measured, against which limit, and who set that limit. */
export const Evidence = z
  .object({
    metric: z.string().describe('Metric name, e.g. disk.used_ratio.'),
    instance: z.string().optional().describe('Which one of many: a mount, a disk serial, an interface.'),
    value: z.union([z.number(), z.string(), z.boolean()]),
    unit: z.string(),
    threshold: z.union([z.number(), z.string(), z.boolean()]).nullable(),
    source: z.string().describe('Where the threshold comes from.'),
    detail: z.string().optional().describe('More of what was seen, such as the names of services.'),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** Points lost to one check or one cap. All deductions of a diagnostic add up to 100 − score. */
export const Deduction = z
  .object({
    finding_id: z.string().nullable().describe('Null below the warning level: points lost without a finding.'),
    points: z.number(),
    code: z.string(),
    evidence: Evidence,
    fix: z.string(),
  })
  .meta({ id: 'Deduction' });
export type Deduction = z.infer<typeof Deduction>;

export const Health = z
  .object({
    score: z.number().min(0).max(100).nullable().describe('Null only when nothing was observed.'),
    band: Band,
    coverage: z.number().min(0).max(1).describe('Observed weight over all weight.'),
    categories: z.array(
      z.object({
        name: Category,
        score: z.number().nullable(),
        weight: z.number().describe('Share of the score after renormalising over what was observed.'),
        reason: z.string().nullable().describe('Why a category has no score.'),
      }),
    ),
    deductions: z.array(Deduction),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
