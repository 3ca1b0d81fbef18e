const device_id = 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71';

/** A failing disk, and what says so. */
export const recommendationExample = {
  id: 'rec_5b1f0c2d9e8a47635b1f0c2d9e8a4763',
  code: 'REPLACE_DISK',
  device_id,
  subject: 'WX12A34',
  title: 'Substituir o disco WX12A34',
  action: 'Faça uma cópia de segurança agora e substitua o disco.',
  priority: 20,
  expected_score_gain: 34.5,
  probability: 0.9,
  impact: 66.7,
  effort: 3,
  workflow_id: null,
  success_rate: null,
  evidence: [
    {
      source: 'finding' as const,
      ref: '/api/v1/findings/fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
      metric: 'smart.197',
      value: 3,
      threshold: 1,
      at: '2026-11-22T08:00:00.000Z',
    },
  ],
  expires_at: '2026-11-23T09:00:00.000Z',
};

export const dismissedRecommendationExample = {
  id: recommendationExample.id,
  code: recommendationExample.code,
  device_id,
  priority: 20,
  reason: 'The machine is replaced next week.',
  dismissed_by: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f60',
  dismissed_at: '2026-11-22T09:12:00.000Z',
};
