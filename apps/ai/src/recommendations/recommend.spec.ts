import fc from 'fast-check';
import type { Severity } from '@techze/contracts';
import type { AnomalyFact, Facts, FindingFact, FleetFact, SeriesFact } from './facts.js';
import { recommendationsOf } from './recommendations-of.js';
import { everyRecommendation, recommend } from './recommend.js';
import { deviceMark, markIn, recommendationIdOf } from './recommendation-id.js';
import { rules } from './rules.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-22T08:30:00Z');

const finding = (code: string, instance: string | null, changes: Partial<FindingFact> = {}): FindingFact => ({
  id: `fnd_${code}`,
  device_id: 'dev_1',
  key: instance === null ? code : `${code}:${instance}`,
  code,
  instance,
  severity: 'warning',
  evidence: { metric: `metric of ${code}`, value: 3, unit: 'x', threshold: 1, source: 'test' },
  points: 4,
  last_seen: '2026-11-22T08:00:00+00:00',
  ...changes,
});
const anomaly = (metric: string, changes: Partial<AnomalyFact> = {}): AnomalyFact => ({
  id: `anm_${metric}`,
  device_id: 'dev_1',
  metric,
  instance: '',
  severity: 'warning',
  value: 90,
  expected_high: 40,
  score: 0.9,
  end_at: '2026-11-22T07:00:00+00:00',
  ...changes,
});
const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  tenant_id: 'tnt_1',
  now: NOW,
  language: 'en',
  device_id: 'dev_1',
  limit: 50,
  diagnostics: 1,
  findings: [],
  anomalies: [],
  series: [],
  disks: [],
  fleet: [],
  dismissals: [],
  ...changes,
});
const series = (metric: string, values: number[], instance = '/'): SeriesFact => ({
  device_id: 'dev_1',
  metric,
  instance,
  diagnostic_id: 'dgn_9',
  at: values.map((_value, i) => NOW - (values.length - 1 - i) * HOUR),
  values,
});

describe('recommendations', () => {
  it('of a healthy device are none', () => {
    expect(recommend(factsOf())).toEqual([]);
    const answer = recommendationsOf({ ...factsOf(), only: null });
    expect(answer).toMatchObject({ status: 'ok', recommendations: [] });
  });

  it('of a device without a diagnostic say that there is too little', () => {
    const answer = recommendationsOf({ ...factsOf({ diagnostics: 0 }), only: null });
    expect(answer).toMatchObject({ status: 'insufficient_data', required: 1, got: 0, recommendations: [] });
  });

  it('take the findings of one disk for one thing to do, with all that speaks for it', () => {
    const found = recommend(
      factsOf({
        findings: [
          finding('SMART_197', 'A', { severity: 'critical', points: 10 }),
          finding('SMART_5', 'A', { points: 2.5 }),
          finding('SMART_5', 'B', { id: 'fnd_of_B' }),
        ],
      }),
    );
    expect(found.map(({ code, subject }) => [code, subject])).toEqual([
      ['REPLACE_DISK', 'A'],
      ['REPLACE_DISK', 'B'],
    ]);
    expect(found[0]).toEqual({
      id: expect.stringMatching(/^rec_[0-9a-f]{32}$/u),
      code: 'REPLACE_DISK',
      device_id: 'dev_1',
      subject: 'A',
      title: 'Replace the disk A',
      action: 'Back up what is on it now, then replace the disk.',
      priority: 22.5,
      expected_score_gain: 12.5,
      probability: 0.9,
      impact: 75,
      effort: 3,
      workflow_id: null,
      success_rate: null,
      evidence: [
        {
          source: 'finding',
          ref: '/api/v1/findings/fnd_SMART_197',
          metric: 'metric of SMART_197',
          value: 3,
          threshold: 1,
          at: '2026-11-22T08:00:00.000Z',
        },
        expect.objectContaining({ ref: '/api/v1/findings/fnd_SMART_5' }),
      ],
      expires_at: '2026-11-23T09:00:00.000Z',
    });
  });

  it('are ordered by probability × impact ÷ effort, and bounded by the limit', () => {
    const codes = rules.flatMap(({ findings }) => findings);
    const severity = fc.constantFrom<Severity>('info', 'warning', 'critical');
    const some = fc.array(fc.record({ code: fc.constantFrom(...codes, 'OWN_CHECK'), severity, points: fc.nat(40) }));
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 5 }), (list, limit) => {
        const findings = list.map(({ code, ...rest }, i) =>
          finding(code, `part ${i % 3}`, { id: `fnd_${i}`, ...rest }),
        );
        const { recommendations } = recommendationsOf({ ...factsOf({ findings, limit }), only: null });
        expect(recommendations.length).toBeLessThanOrEqual(limit);
        recommendations.forEach(({ priority, probability, impact, effort }, i) => {
          expect(Math.abs(priority - (probability * impact) / effort)).toBeLessThan(0.011);
          expect(priority).toBeLessThanOrEqual(recommendations[i - 1]?.priority ?? Infinity);
        });
        expect(recommendationsOf({ ...factsOf({ findings: findings.toReversed(), limit }), only: null })).toEqual(
          expect.objectContaining({
            recommendations: recommendations.map(({ id }) => expect.objectContaining({ id })),
          }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('never get less urgent when a finding gets worse', () => {
    const one = (severity: Severity, points: number) =>
      recommend(factsOf({ findings: [finding('FS_USED', '/', { severity, points })] }))[0]?.priority ?? 0;
    expect(one('critical', 4)).toBeGreaterThan(one('warning', 4));
    expect(one('warning', 60)).toBeGreaterThan(one('warning', 4));
  });

  it('speak the language that was asked for', () => {
    const [found] = recommend(factsOf({ language: 'pt-BR', findings: [finding('FS_USED', '/home')] }));
    expect(found?.title).toBe('Liberar espaço em /home');
    const both = (['en', 'pt-BR'] as const).map((language) =>
      recommend(factsOf({ language, findings: rules.map((rule) => finding(rule.findings[0] ?? '', 'x')) })),
    );
    expect(both[0]?.map(({ id }) => id)).toEqual(both[1]?.map(({ id }) => id));
    for (const { title, action } of both.flat()) expect(`${title} ${action}`).not.toMatch(/[{}]|undefined/u);
  });

  it('do with a finding that no rule knows what it says itself', () => {
    const [found] = recommend(factsOf({ findings: [finding('OWN_CHECK', 'x')] }));
    expect([found?.code, found?.title]).toEqual(['RESOLVE_FINDING', 'Resolve OWN_CHECK x']);
  });

  it('take an anomaly of a metric with a finding as one more reason, and one without as a reason of its own', () => {
    const hot = finding('CPU_TEMPERATURE', null, {
      evidence: { metric: 'cpu.temperature', value: 95, unit: '°C', threshold: 90, source: 'test' },
    });
    const found = recommend(
      factsOf({ findings: [hot], anomalies: [anomaly('cpu.temperature'), anomaly('net.latency_ms')] }),
    );
    expect(found.map(({ code, evidence }) => [code, evidence.map(({ ref }) => ref)])).toEqual([
      ['CLEAN_COOLING', [`/api/v1/findings/${hot.id}`, '/api/v3/ai/anomalies/anm_cpu.temperature']],
      ['INVESTIGATE_ANOMALY', ['/api/v3/ai/anomalies/anm_net.latency_ms']],
    ]);
    expect(found[1]?.title).toBe('Look into net.latency_ms');
  });

  it('foresee a disk that fills, from the diagnostic that said so last', () => {
    const used = Array.from({ length: 200 }, (_, i) => 400e9 + i * 0.45e9);
    const ratios = used.map((bytes) => bytes / 500e9);
    const [found] = recommend(
      factsOf({ series: [series('disk.used_bytes', used), series('disk.used_ratio', ratios)] }),
    );
    expect(found).toMatchObject({
      code: 'FREE_DISK_SPACE',
      subject: '/',
      expected_score_gain: 0,
      evidence: [{ source: 'prediction', ref: '/api/v1/diagnostics/dgn_9', at: new Date(NOW).toISOString() }],
    });
    expect(Date.parse(found?.expires_at ?? '')).toBeLessThanOrEqual(NOW + 25 * HOUR);
  });

  it('foresee nothing of a disk that stays as it is', () => {
    const used = Array.from({ length: 200 }, (_, i) => 400e9 + (i % 24) * 1e8);
    const ratios = used.map((bytes) => bytes / 500e9);
    expect(
      recommend(factsOf({ series: [series('disk.used_bytes', used), series('disk.used_ratio', ratios)] })),
    ).toEqual([]);
  });

  it('foresee a disk that fails, and none of one that is well', () => {
    const smart = (value: number) =>
      ['5', '187', '197', '198'].map((id) => series(`smart.${id}`, [value, value * 4, value * 16], 'SN'));
    const disks = [{ device_id: 'dev_1', serial: 'SN', name: 'ST4000DM000' }];
    const [found] = recommend(factsOf({ series: smart(40), disks }));
    expect(found).toMatchObject({ code: 'REPLACE_DISK', subject: 'SN', evidence: [{ source: 'prediction' }] });
    expect(recommend(factsOf({ series: smart(0), disks }))).toEqual([]);
  });

  it('foresee a battery that wears out', () => {
    const wear: SeriesFact = {
      ...series('battery.health', [], ''),
      at: Array.from({ length: 30 }, (_, day) => NOW - (29 - day) * 24 * HOUR),
      values: Array.from({ length: 30 }, (_, day) => 74 - day * 0.2),
    };
    expect(recommend(factsOf({ series: [wear] }))).toMatchObject([
      { code: 'REPLACE_BATTERY', title: 'Replace the battery' },
    ]);
  });

  it('tell of an incident of the fleet, to whoever is part of it', () => {
    const device = (id: number, model: string, findings: Record<string, string>): FleetFact => ({
      device_id: `dev_${id}`,
      attributes: { model },
      findings,
      last_seen: '2026-11-22T08:00:00+00:00',
    });
    const fleet = [
      ...Array.from({ length: 8 }, (_, i) => device(i, 'X1', { BUGCHECKS: `fnd_${i}` })),
      ...Array.from({ length: 40 }, (_, i) => device(100 + i, 'T14', {})),
    ];
    const [found] = recommend(factsOf({ device_id: null, fleet }));
    expect(found).toMatchObject({
      code: 'INVESTIGATE_FLEET',
      device_id: null,
      title: '8 of 8 devices with model X1 have BUGCHECKS',
      evidence: expect.arrayContaining([expect.objectContaining({ ref: '/api/v1/findings/fnd_0', source: 'pattern' })]),
    });
    expect(recommend(factsOf({ device_id: 'dev_0', fleet }))).toHaveLength(1);
    expect(recommend(factsOf({ device_id: 'dev_100', fleet }))).toEqual([]);
  });

  it('that were dismissed are back once a quarter more urgent, and not before', () => {
    const of = (severity: Severity, dismissals: Facts['dismissals'] = []) =>
      factsOf({ findings: [finding('SMART_5', 'A', { severity })], dismissals });
    const [{ id, priority } = { id: '', priority: 0 }] = recommend(of('warning'));
    expect(recommend(of('warning', [{ id, priority }]))).toEqual([]);
    expect(recommend(of('critical', [{ id, priority }]))).toHaveLength(1);
    expect(everyRecommendation(of('warning', [{ id, priority }]))).toHaveLength(1);
    const asked = (only: string) => recommendationsOf({ ...of('warning', [{ id, priority }]), only }).recommendations;
    expect([asked(id).map((each) => each.id), asked('rec_0')]).toEqual([[id], []]);
  });
});

describe('the id of a recommendation', () => {
  const subject = { tenantId: 'tnt_1', deviceId: 'dev_1', code: 'REPLACE_DISK', key: 'A' };

  it('is the same for the same part of the same device, and another one otherwise', () => {
    const ids = [
      subject,
      { ...subject, tenantId: 'tnt_2' },
      { ...subject, deviceId: 'dev_2' },
      { ...subject, deviceId: null },
      { ...subject, code: 'FREE_DISK_SPACE' },
      { ...subject, key: 'B' },
    ].map(recommendationIdOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(recommendationIdOf({ ...subject })).toBe(ids[0]);
  });

  it('tells the device', () => {
    expect(markIn(recommendationIdOf(subject))).toBe(deviceMark('tnt_1', 'dev_1'));
    expect(markIn(recommendationIdOf({ ...subject, deviceId: null }))).toBe(deviceMark('tnt_1', null));
  });
});
