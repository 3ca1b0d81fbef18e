import { diagnosticExample } from './diagnostic.example.js';

const [found] = diagnosticExample.findings;

/** The failing disk of the diagnostic's example, nine days later and known to the technician. */
export const deviceFindingExample = {
  ...found!,
  device_id: diagnosticExample.device_id,
  instance: 'WX12A34',
  state: 'acknowledged',
  last_seen: '2026-12-01T08:00:00.000Z',
  occurrences: 10,
  trend: 'stable for 9 d',
  acknowledgement: {
    rule: 'grows',
    baseline: { value: 1, severity: 'critical' },
    expires_at: '2027-01-31T00:00:00.000Z',
    by: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f60',
    reason: 'The customer has a backup and waits for the new disk.',
    at: '2026-11-22T09:12:00.000Z',
  },
  opened_at: '2026-11-22T08:00:00.000Z',
  resolved_at: null,
  flapping: false,
  suppressed_by: null,
  version: 2,
  updated_at: '2026-12-01T08:00:01.000Z',
};

export const findingDetailExample = {
  ...deviceFindingExample,
  transitions: [
    {
      from: 'open',
      to: 'acknowledged',
      severity: 'critical',
      reason: 'acknowledged',
      note: 'The customer has a backup and waits for the new disk.',
      actor: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f60',
      diagnostic_id: null,
      occurred_at: '2026-11-22T09:12:00.000Z',
    },
    {
      from: null,
      to: 'open',
      severity: 'critical',
      reason: 'seen',
      note: null,
      actor: null,
      diagnostic_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
      occurred_at: '2026-11-22T08:00:00.000Z',
    },
  ],
};

export const acknowledgeFindingExample = {
  rule: 'grows',
  expires_at: '2027-01-31T00:00:00Z',
  reason: 'The customer has a backup and waits for the new disk.',
};
