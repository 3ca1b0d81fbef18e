/** A POST body as an agent sends it, cut to what tells the story: a laptop whose disk begins to fail. */
export const createDiagnosticExample = {
  device: { hostname: 'balcao-03', serial: 'PF3ABCDE', manufacturer: 'LENOVO', model: '20XW' },
  type: 'full',
  collected_at: '2026-11-22T08:00:00Z',
  duration_ms: 1250,
  schema_version: 1,
  agent: { version: '1.0.0' },
  tags: ['counter'],
  sections: {
    cpu: { status: 'ok', collected_ms: 35, data: { currentLoad: 12.5, temperature: { main: 52 } } },
    memory: { status: 'ok', collected_ms: 4, data: { total: 17179869184, available: 9663676416 } },
    storage: {
      status: 'ok',
      data: {
        fsSize: [
          { fs: 'C:', type: 'NTFS', size: 510770802688, used: 255385401344, available: 255385401344, mount: 'C:' },
        ],
        diskLayout: [
          {
            name: 'WDC WD5000LPCX',
            serialNum: 'WX12A34',
            smartStatus: 'Ok',
            smartData: {
              ata_smart_attributes: { table: [{ id: 197, value: 200, worst: 200, thresh: 0, raw: { value: 1 } }] },
            },
          },
        ],
      },
    },
    thermal: { status: 'unavailable', error: 'no sensors' },
  },
};

/** What the service makes of it. */
export const diagnosticExample = {
  id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
  type: 'full',
  status: 'completed',
  partial: false,
  collected_at: '2026-11-22T08:00:00.000Z',
  received_at: '2026-11-22T08:00:01.250Z',
  clock_skew_ms: null,
  expires_at: null,
  created_at: '2026-11-22T08:00:01.250Z',
  duration_ms: 1250,
  schema_version: 1,
  scoring_version: '1.1.0',
  agent: {
    version: '1.0.0',
  },
  health: {
    score: 49,
    band: 'poor',
    coverage: 0.6,
    categories: [
      {
        name: 'storage',
        score: 21.93,
        weight: 0.4166666666666667,
        reason: null,
      },
      {
        name: 'stability',
        score: null,
        weight: 0,
        reason: 'not collected',
      },
      {
        name: 'memory',
        score: 100,
        weight: 0.2,
        reason: null,
      },
      {
        name: 'cpu_thermal',
        score: 100,
        weight: 0.21666666666666667,
        reason: null,
      },
      {
        name: 'performance',
        score: 100,
        weight: 0.16666666666666666,
        reason: null,
      },
      {
        name: 'battery',
        score: null,
        weight: 0,
        reason: 'not collected',
      },
      {
        name: 'security',
        score: null,
        weight: 0,
        reason: 'not collected',
      },
      {
        name: 'network',
        score: null,
        weight: 0,
        reason: 'not collected',
      },
    ],
    deductions: [
      {
        finding_id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
        points: 32.53,
        code: 'SMART_197',
        evidence: {
          metric: 'smart.197',
          instance: 'WX12A34',
          value: 1,
          unit: 'sectors',
          threshold: 1,
          source: 'Backblaze drive statistics as bucketed by Scrutiny (annual failure rate of disks with as much)',
        },
        fix: 'Back up now and replace the disk.',
      },
      {
        finding_id: null,
        points: 18.47,
        code: 'CAP_CRITICAL',
        evidence: {
          metric: 'smart.197',
          instance: 'WX12A34',
          value: 1,
          unit: 'sectors',
          threshold: 1,
          source: 'TechZe: any critical finding is at most 49',
        },
        fix: 'Mend what is critical first: no other repair lifts this limit.',
      },
    ],
  },
  findings: [
    {
      id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
      key: 'SMART_197:WX12A34',
      category: 'storage',
      code: 'SMART_197',
      severity: 'critical',
      title: 'Disk WX12A34 has 1 sector it cannot read',
      evidence: {
        metric: 'smart.197',
        instance: 'WX12A34',
        value: 1,
        unit: 'sectors',
        threshold: 1,
        source: 'Backblaze drive statistics as bucketed by Scrutiny (annual failure rate of disks with as much)',
      },
      points: 32.53,
      state: 'open',
      first_seen: '2026-11-22T08:00:00.000Z',
      last_seen: '2026-11-22T08:00:00.000Z',
      occurrences: 1,
      trend: null,
      acknowledgement: null,
    },
  ],
  notes: null,
  tags: ['counter'],
  version: 1,
};
