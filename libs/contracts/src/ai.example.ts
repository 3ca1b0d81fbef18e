const quality = { n: 288, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 300 };
const answer = { status: 'ok', version: '1', quality, warnings: [], duration_ms: 4.2 };

export const detectAnomaliesExample = {
  series: {
    timestamps: ['2026-11-22T08:00:00Z', '2026-11-22T08:05:00Z', '2026-11-22T08:10:00Z'],
    values: [12.5, null, 97.1],
  },
  sensitivity: 'standard',
  include_scores: true,
};

export const detectedAnomaliesExample = {
  ...answer,
  method: 'univariate-ensemble',
  anomalies: [
    {
      start: '2026-11-22T08:10:00.000Z',
      end: '2026-11-22T08:25:00.000Z',
      peak_at: '2026-11-22T08:15:00.000Z',
      score: 0.93,
      severity: 'critical',
      kind: 'spike',
      expected: { low: 8.2, high: 31.7 },
      contributors: [{ metric: 'value', share: 1 }],
    },
  ],
  scores: [0.02, null, 0.93],
  threshold: 0.8,
  state: 'VFpBMQEAAAA…',
};

export const analyzeExample = {
  kind: 'disk_failure',
  smart: [
    {
      at: '2026-11-22T08:00:00Z',
      model: 'ST4000DM000',
      attributes: { '5': 8, '9': 21_400, '187': 2, '188': 0, '197': 16, '198': 16 },
    },
  ],
};

export const analysisExample = {
  ...answer,
  kind: 'disk_full',
  method: 'robust-slope',
  risk: null,
  will_fill: true,
  drivers: [{ attribute: 'growth_per_day', value: 2_147_483_648, delta_30d: 64_424_509_440, contribution: 1 }],
  eta: { hours: 312, low: 240, high: 420 },
  forecast: {
    timestamps: ['2026-11-22T09:00:00.000Z'],
    point: [421_000_000_000],
    low: [420_000_000_000],
    high: [422_000_000_000],
    level: 0.8,
  },
};

export const recognisePatternsExample = {
  device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
  metric: 'cpu.load',
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-22T00:00:00Z',
  tasks: ['seasonality', 'changepoints'],
};

export const recognisedPatternsExample = {
  ...answer,
  method: 'spectrum, change-points',
  tasks: ['seasonality', 'changepoints'],
  periods: [{ length: 288, strength: 0.81, p_value: 1e-9 }],
  changepoints: [{ index: 2016, at: '2026-11-08T00:00:00.000Z', kind: 'level', confidence: 0.97 }],
};
