import { randomUUID } from 'node:crypto';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const HOUR_MS = 3_600_000;
/** Within a week: counts are kept for little longer, and what restarts tidies up. */
const HOURS = 160;

describe('with two replicas of ai', () => {
  let suite: Suite;
  let api: Api;
  let token: string;
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

  beforeAll(async () => {
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, ai: 2 } });
    api = new Api(suite.stack.demo);
    token = await api.tokenOf('technician');
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  /** Hours of a machine that is hot in the last of them, the same for every machine. */
  const post = async (): Promise<string> => {
    const device = { serial: `SN-${randomUUID()}` };
    const diagnostics = Array.from({ length: HOURS }, (_, hour) => {
      const main = hour === HOURS - 1 ? 95 : 45 + 4 * Math.sin(hour * hour);
      return diagnosticBody({
        device,
        collected_at: new Date(end - (HOURS - hour) * HOUR_MS).toISOString(),
        sections: {
          cpu: { status: 'ok', data: { currentLoad: 30 + 10 * Math.cos(hour * hour), temperature: { main } } },
        },
      });
    });
    const answer = await api.call('/api/v1/diagnostics/batch', { token, json: { diagnostics } });
    if (answer.status !== 200) throw new Error(answer.text);
    const [row] = await rows<{ id: string }>('select id from devices where serial = $1', [device.serial], api.suite);
    return row?.id ?? '';
  };
  const scored = (id: string) => count('select 1 from scored_diagnostics where device_id = $1', [id], api.suite);
  const outcomeOf = async (id: string) => ({
    states: await rows(
      'select metric, instance, rows, last_at, md5(state || silence) from metric_states where device_id = $1 order by 1, 2',
      [id],
      api.suite,
    ),
    counts: await rows(
      'select at, samples, scored, anomalous from scored_diagnostics where device_id = $1 order by 1',
      [id],
      api.suite,
    ),
    // Nobody takes them here: they are all still there.
    told: await rows(
      `select payload ->> 'metric' as metric, payload ->> 'kind' as kind from outbox
       where type = 'anomaly.detected' and payload ->> 'device_id' = $1 order by 1, 2`,
      [id],
      api.suite,
    ),
    anomalies: await rows(
      'select metric, kind, score, samples, quiet, version from anomalies where device_id = $1 order by start_at, metric, kind',
      [id],
      api.suite,
    ),
  });

  it('kill -9 of both in the middle of a stream of events loses none, scores none twice', async () => {
    const undisturbed = await post();
    await waitFor(async () => (await scored(undisturbed)) === HOURS, { timeoutMs: 60_000 });
    const posting = post();
    const all = 'select 1 from scored_diagnostics';
    await waitFor(async () => (await count(all, [], api.suite)) > HOURS);
    for (const replica of suite.stack.instances('ai')) replica.signal('SIGKILL');
    expect(await count(all, [], api.suite)).toBeLessThan(2 * HOURS);
    const disturbed = await posting;
    await waitFor(async () => (await scored(disturbed)) === HOURS, { timeoutMs: 60_000 });
    const outcome = await outcomeOf(disturbed);
    expect(outcome).toEqual(await outcomeOf(undisturbed));
    expect(outcome.anomalies.length).toBeGreaterThan(0);
    expect(outcome.told).toHaveLength(outcome.anomalies.length);
  }, 150_000);
});
