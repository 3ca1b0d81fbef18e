/** A PC at a counter, enrolled, as its last diagnostic left it. */
export const deviceExample = {
  id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
  name: 'Counter 3',
  hostname: 'balcao-03',
  serial: 'PF3ABCDE',
  uuid: '4c4c4544-0042-3510-8057-b7c04f4d3533',
  manufacturer: 'LENOVO',
  model: '20XW',
  macs: ['8c:16:45:aa:bb:01'],
  os: 'Microsoft Windows 11 Pro 10.0.22631',
  agent_version: '1.0.0',
  site: { id: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f73', name: 'Balcão' },
  customer: { id: 'cus_019aa8c51f6b7d1e8f0a2b3c4d5e6f72', name: 'Padaria Central' },
  tags: ['counter'],
  notes: null,
  identity: {
    state: 'ok',
    agent_id: '0199f0a2-1f6b-4d1e-8f0a-2b3c4d5e6f70',
    enrolled_at: '2026-11-20T09:12:00.000Z',
    last_seen_at: '2026-11-22T08:00:01.250Z',
  },
  latest_diagnostic_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  health: { score: 49, band: 'poor', coverage: 0.6 },
  open_findings: { critical: 1, warning: 0, info: 0 },
  version: 1,
  created_at: '2026-11-20T09:12:00.000Z',
  updated_at: '2026-11-22T08:00:01.250Z',
};

const evidence = {
  metric: 'smart.197',
  instance: 'WX12A34',
  value: 1,
  unit: 'sectors',
  threshold: 0,
  source: 'Backblaze drive statistics: failure rate by raw value',
};

/** Its page. */
export const devicePageExample = {
  ...deviceExample,
  health: {
    ...deviceExample.health,
    categories: [{ name: 'storage', score: 21.93, weight: 0.4166666666666667, reason: null }],
    deductions: [
      {
        finding_id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f74',
        points: 32.53,
        code: 'SMART_197',
        evidence,
        fix: 'Back up now and plan to replace the disk.',
      },
    ],
  },
  findings: [
    {
      id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f74',
      key: 'SMART_197:WX12A34',
      category: 'storage',
      code: 'SMART_197',
      severity: 'critical',
      title: 'The disk WX12A34 has 1 sector waiting to be remapped',
      evidence,
      points: 32.53,
      state: 'open',
      first_seen: '2026-11-22T08:00:00.000Z',
      last_seen: '2026-11-22T08:00:00.000Z',
      occurrences: 1,
    },
  ],
  recent_diagnostics: [
    {
      id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
      type: 'full',
      collected_at: '2026-11-22T08:00:00.000Z',
      score: 49,
      band: 'poor',
    },
  ],
  score_history: [
    { diagnostic_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70', collected_at: '2026-11-22T08:00:00.000Z', score: 49 },
  ],
  hardware: {
    disks: { parts: [{ serial: 'WX12A34', name: 'WDC WD5000LPCX' }], whole: true },
    memory: { parts: [{ serial: '3A1F02C4', name: 'M471A1K43DB1-CTD' }], whole: true },
    board: { baseboard: 'L1HF12345', system: 'PF3ABCDE' },
  },
  events: [
    {
      id: 'evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75',
      type: 'enrolled',
      details: { agent_id: '0199f0a2-1f6b-4d1e-8f0a-2b3c4d5e6f70', made: true },
      diagnostic_id: null,
      occurred_at: '2026-11-20T09:12:00.000Z',
    },
  ],
};
