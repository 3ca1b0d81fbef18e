/** Every Saturday night, all machines of one site. */
export const createMaintenanceWindowExample = {
  name: 'Server updates',
  reason: 'Contract 2026-14',
  site_id: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f80',
  starts_at: '2026-11-01T00:00:00Z',
  cron: '0 22 * * SAT',
  timezone: 'America/Sao_Paulo',
  duration_minutes: 240,
};

export const maintenanceWindowExample = {
  ...createMaintenanceWindowExample,
  id: 'mtw_019aa8c51f6b7d1e8f0a2b3c4d5e6fa0',
  customer_id: null,
  device_id: null,
  tags: [],
  starts_at: '2026-11-01T00:00:00.000Z',
  ends_at: null,
  created_by: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f60',
  version: 1,
  created_at: '2026-10-30T12:00:00.000Z',
  updated_at: '2026-10-30T12:00:00.000Z',
};

export const suppressionExample = {
  id: 'evt_019aa8c51f6b7d1e8f0a2b3c4d5e6fb0',
  finding_id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
  event_type: 'finding.opened',
  severity: 'warning',
  title: 'A restart is pending',
  diagnostic_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  occurred_at: '2026-11-08T02:10:00.000Z',
};
