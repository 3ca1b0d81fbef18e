import type { JudgedDiagnostic } from '../src/upload/diagnostics-api.js';

/** What a service stores is more than what an agent needs of it. */
type Stored = JudgedDiagnostic & Record<string, unknown>;

/** A worn disk and a rather full file system, as the service stores and explains them. */
export const wornDisk: Stored = {
  id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
  type: 'full',
  status: 'completed',
  partial: true,
  collected_at: '2026-11-22T08:00:00.000Z',
  received_at: '2026-11-22T08:00:02.000Z',
  created_at: '2026-11-22T08:00:02.000Z',
  duration_ms: 1250,
  schema_version: 1,
  scoring_version: '1.0.0',
  agent: { version: '0.1.0' },
  health: {
    score: 24.5,
    band: 'critical',
    coverage: 0.734,
    categories: [
      { name: 'storage', score: 0, weight: 0.34, reason: null },
      { name: 'battery', score: null, weight: 0, reason: 'no battery in this machine' },
      { name: 'security', score: null, weight: 0, reason: null },
    ],
    deductions: [
      {
        finding_id: null,
        points: 2.25,
        code: 'UPTIME',
        evidence: {
          metric: 'boot.uptime_seconds',
          value: 3_456_000,
          unit: 's',
          threshold: 2_592_000,
          source: '[P] points without a finding beyond 30 days',
        },
        fix: 'Restart the machine when convenient.',
      },
      {
        finding_id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
        points: 73.25,
        code: 'SMART_197',
        evidence: {
          metric: 'smart.197',
          instance: 'WD-WCC6Y1234567',
          value: 5,
          unit: 'sectors',
          threshold: 0,
          source: 'Backblaze observed failure rates, by Scrutiny',
        },
        fix: 'Copy the data to another disk now, then replace this one: sectors that cannot be read only grow in number.',
      },
    ],
  },
  findings: [
    {
      id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
      key: 'SMART_197:WD-WCC6Y1234567',
      category: 'storage',
      code: 'SMART_197',
      severity: 'critical',
      title: 'The disk WD-WCC6Y1234567 has 5 sectors that it cannot read',
      evidence: {
        metric: 'smart.197',
        instance: 'WD-WCC6Y1234567',
        value: 5,
        unit: 'sectors',
        threshold: 0,
        source: 'Backblaze observed failure rates, by Scrutiny',
      },
      points: 73.25,
      state: 'open',
      first_seen: '2026-11-22T08:00:00.000Z',
      last_seen: '2026-11-22T08:00:00.000Z',
      occurrences: 1,
      trend: null,
      acknowledgement: null,
    },
  ],
  notes: null,
  tags: [],
};

/** Nothing found, nothing lost. */
export const healthy: Stored = {
  ...wornDisk,
  partial: false,
  health: { score: 100, band: 'healthy', coverage: 1, categories: [], deductions: [] },
  findings: [],
};
