const SITE = 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f80';
const DEVICE = 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71';
const THRESHOLD = 'thr_019aa8c51f6b7d1e8f0a2b3c4d5e6f90';
const FILE_SYSTEM_DEFAULTS = { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 };

/** A site whose servers are meant to be full: later warnings, and only when it lasts. */
export const createThresholdExample = {
  scope: 'site',
  site_id: SITE,
  code: 'FS_USED',
  levels: { leave: 85, warning: 94 },
  fails_before_alert: 2,
};

export const thresholdExample = {
  id: THRESHOLD,
  scope: 'site',
  site_id: SITE,
  device_id: null,
  code: 'FS_USED',
  levels: { leave: 85, warning: 94 },
  fails_before_alert: 2,
  enabled: null,
  version: 1,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
};

export const thresholdCatalogueExample = {
  scoring_version: '1.0.0',
  checks: [
    {
      code: 'FS_USED',
      category: 'storage',
      metric: 'disk.used_ratio',
      unit: '%',
      kind: 'levels',
      worse: 'above',
      levels: FILE_SYSTEM_DEFAULTS,
      source: 'Netdata disks.conf: warning > 90 %; critical > 98 % and less than 5 GB free',
      title: { en: '{instance} is {value} % full', 'pt-BR': '{instance} está {value} % cheio' },
    },
  ],
};

export const effectiveThresholdsExample = {
  device_id: DEVICE,
  site_id: SITE,
  checks: [
    {
      code: 'FS_USED',
      levels: { ...FILE_SYSTEM_DEFAULTS, leave: 85, warning: 94, critical_leave: 94 },
      fails_before_alert: 2,
      enabled: true,
      source: `Site override ${THRESHOLD} of 2026-11-22`,
      from: {
        levels: {
          leave: THRESHOLD,
          warning: THRESHOLD,
          critical_leave: 'derived',
          critical: 'default',
          fail: 'default',
        },
        fails_before_alert: THRESHOLD,
        enabled: 'default',
      },
      set_aside: [],
    },
  ],
  overrides: [thresholdExample],
};

export const previewThresholdExample = { ...createThresholdExample, days: 30 };

const alert = {
  device_id: DEVICE,
  key: 'FS_USED:/',
  severity: 'warning',
  value: 94.6,
};

export const thresholdPreviewExample = {
  from: '2026-10-23T08:00:00.000Z',
  to: '2026-11-22T08:00:00.000Z',
  code: 'FS_USED',
  devices: 12,
  diagnostics: 340,
  not_covered: 0,
  current: { alerts: 2, devices: 1, open_now: 1 },
  proposed: { alerts: 1, devices: 1, open_now: 1 },
  would_fire: [{ ...alert, at: '2026-11-20T08:00:00.000Z', resolved_at: null }],
  no_longer_fire: [{ ...alert, value: 91.2, at: '2026-11-02T08:00:00.000Z', resolved_at: '2026-11-05T08:00:00.000Z' }],
  truncated: false,
};
