import { newId } from '@techze/contracts';
import { AnomalyFeedbackService } from '../src/anomalies/anomaly-feedback.service.js';
import { AnomalyPreviews } from '../src/anomalies/anomaly-previews.service.js';
import { AnomalyReads } from '../src/anomalies/anomaly-reads.service.js';
import { acting, AiProcesses, type TestDevice } from './ai-process.js';
import { HOUR_MS, quietHours, withValue } from './made-up-samples.js';

let processes: AiProcesses;
beforeAll(async () => {
  processes = await AiProcesses.start(1);
}, 60_000);
afterAll(() => processes?.stop());

const HOT = 'cpu.temperature';

/** Sixty quiet hours and one that is hot; then a quiet day, and the next heat. */
async function heated(next: number, said?: 'false_positive' | 'confirmed'): Promise<TestDevice> {
  const device = await processes.device();
  const hours = quietHours(200, 7, Date.now() - HOUR_MS);
  const first = hours.slice(0, 61).map((each, hour) => (hour === 60 ? withValue(each, HOT, 75) : each));
  await device.sendAtOnce(first);
  await device.settled();
  const [anomaly] = await device.anomalies();
  if (said) await judge(device, anomaly!.id, said);
  await device.sendAtOnce(hours.slice(61).map((each, hour) => (hour === 138 ? withValue(each, HOT, next) : each)));
  await device.settled();
  return device;
}
const judge = (device: TestDevice, id: string, verdict: 'false_positive' | 'confirmed') =>
  acting(device.person, () => processes.get(AnomalyFeedbackService).judge({ id, body: { verdict } }));
const heats = async (device: TestDevice) =>
  (await device.anomalies()).filter(({ metric, detector }) => metric === HOT && detector === 'value');

describe('feedback', () => {
  it('makes what was called false normal from then on, and not what is far larger', async () => {
    const [refuted, larger, untouched] = [
      await heated(74, 'false_positive'),
      await heated(160, 'false_positive'),
      await heated(160),
    ];
    expect(await heats(refuted)).toHaveLength(1);
    expect(await heats(larger)).toHaveLength(2);
    expect(await heats(untouched)).toHaveLength(2);
  });

  it('is on record with what was said before, ends a false anomaly, and may be changed', async () => {
    const device = await heated(50);
    const [anomaly] = await heats(device);
    const first = await judge(device, anomaly!.id, 'false_positive');
    expect(first.anomaly).toMatchObject({ state: 'closed', feedback: { verdict: 'false_positive' } });
    await judge(device, anomaly!.id, 'confirmed');
    const records = await processes.rows<object>(
      'select event_type, details from audit_events where resource_id = $1 order by timestamp',
      anomaly!.id,
    );
    expect(records).toMatchObject([
      { event_type: 'ANOMALY_JUDGED', details: { before: null, after: 'false_positive' } },
      { event_type: 'ANOMALY_JUDGED', details: { before: 'false_positive', after: 'confirmed' } },
    ]);
    const read = await acting(device.person, () => processes.get(AnomalyReads).get(anomaly!.id));
    expect(read.feedback).toMatchObject({ verdict: 'confirmed' });
  });

  it('is shown by the preview, which fires as the stream did and saves nothing', async () => {
    const device = await heated(50, 'false_positive');
    const before = await device.anomalies();
    const preview = await acting(device.person, () =>
      processes.get(AnomalyPreviews).preview({ device_id: device.deviceId, metric: HOT, sensitivity: 'standard' }),
    );
    expect(preview).toMatchObject({ status: 'ok', rows: 200, feedback_in_force: 1 });
    expect(preview.settings[1]).toMatchObject({ sensitivity: 'standard', fired: 0, fired_without_feedback: 1 });
    expect(await device.anomalies()).toEqual(before);
  });

  it('and lists, rates and previews know nothing of another tenant’s', async () => {
    const [device, stranger] = [await heated(50), await processes.device()];
    const [anomaly] = await heats(device);
    const missing = expect.objectContaining({ code: 'anomaly-not-found' });
    await expect(judge(stranger, anomaly!.id, 'confirmed')).rejects.toEqual(missing);
    const reads = processes.get(AnomalyReads);
    await expect(acting(stranger.person, () => reads.get(anomaly!.id))).rejects.toEqual(missing);
    for (const id of [device.deviceId, newId('dev')])
      await expect(acting(stranger.person, () => reads.rate(id))).rejects.toMatchObject({ code: 'device-not-found' });
    expect((await acting(stranger.person, () => reads.list({ limit: 50 }))).data).toEqual([]);
    expect((await acting(device.person, () => reads.list({ limit: 50, kind: anomaly!.kind }))).data[0]?.id).toBe(
      anomaly!.id,
    );
    const rate = await acting(device.person, () => reads.rate(device.deviceId));
    expect(rate.last_7d).toMatchObject({ anomalous: expect.any(Number), rate: expect.any(Number) });
    expect(rate.last_7d.anomalous).toBeGreaterThanOrEqual(1);
  });
});

describe('a list of all devices', () => {
  it.each([
    ['kind', 'flatline'],
    ['severity', 'critical'],
    ['metric', 'smart.5'],
  ])('finds a rare %s without reading what is not it', async (column, rare) => {
    const device = await processes.device();
    const [sent] = await device.send(quietHours(1));
    await processes.rows(MANY, device.tenantId, device.deviceId, sent!.id, 5_000);
    await processes.rows('analyze anomalies');
    const [found] = await processes.rows<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (analyze, format json) select * from anomalies where tenant_id = $1 and ${column} = $2
       order by created_at desc, id desc limit 51`,
      device.tenantId,
      rare,
    );
    const nodes = nodesOf(found!['QUERY PLAN'][0].Plan);
    expect(nodes.map((node) => node['Index Name'] ?? '')).toContain(`anomalies_newest_of_${column}`);
    expect(Math.max(...nodes.map((node) => node['Rows Removed by Filter'] ?? 0))).toBe(0);
  });
});

interface Node {
  readonly Plans?: readonly Node[];
  readonly 'Index Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
}
function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
/** Five of which are rare. */
const MANY = `
  insert into anomalies (tenant_id, id, device_id, peak_diagnostic_id, metric, detector, kind, severity, state, score,
    threshold, size, side, contributors, start_at, end_at, peak_at, samples, quiet, created_at, updated_at)
  select $1, 'anm_' || md5(n::text), $2, $3, case when rare then 'smart.5' else 'cpu.load' end, 'value',
    case when rare then 'flatline' else 'spike' end, case when rare then 'critical' else 'info' end, 'closed', .9, .8, 1, 1,
    '[]', at, at, at, 1, 0, at, at
  from (select n, n % 1000 = 0 as rare, now() - n * interval '1 minute' as at from generate_series(1, $4::int) n) numbers`;
