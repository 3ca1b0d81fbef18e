import { diagnosticExample } from './diagnostic.example.js';

const { deductions, categories } = diagnosticExample.health;
const [finding] = diagnosticExample.findings;

/** The tenant takes one pending sector for a warning by now. */
export const rescoredDiagnosticExample = {
  diagnostic_id: diagnosticExample.id,
  scoring_version: { then: '1.0.0', now: '1.0.0' },
  score: { then: 49, now: 67.47, delta: 18.47 },
  band: { then: 'poor', now: 'attention' },
  coverage: { then: 0.6, now: 0.6 },
  health: { score: 67.47, band: 'attention', coverage: 0.6, categories, deductions: deductions.slice(0, 1) },
  findings: [
    {
      key: finding?.key,
      category: finding?.category,
      code: finding?.code,
      severity: 'warning',
      title: finding?.title,
      evidence: finding?.evidence,
      points: finding?.points,
    },
  ],
  differences: [
    {
      code: 'CAP_CRITICAL',
      key: 'CAP_CRITICAL',
      points: { then: 18.47, now: 0 },
      reason: 'This cap no longer applies: no finding is critical any more.',
    },
  ],
};
