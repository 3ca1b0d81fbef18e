import { newId } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { AnomalyUpkeep } from '../src/anomalies/anomaly-upkeep.js';
import { AiProcesses, type TestDevice } from './ai-process.js';
import { HOUR_MS, quietHours, withValue } from './made-up-samples.js';

let processes: AiProcesses;
beforeAll(async () => {
  processes = await AiProcesses.start(2);
}, 60_000);
afterAll(() => processes?.stop());

/** Quiet hours of a machine whose processor is suddenly far hotter than ever. */
function withHeat(hours = 60, hot = 95) {
  const diagnostics = quietHours(hours);
  return diagnostics.map((each, hour) => (hour === hours - 1 ? withValue(each, 'cpu.temperature', hot) : each));
}

/** How a device stands after a run: without ids and times of the run itself. */
async function outcomeOf(device: TestDevice) {
  const [states, counts, anomalies, told] = await Promise.all([
    device.states(),
    device.counts(),
    device.anomalies(),
    device.told(),
  ]);
  return {
    states,
    counts,
    anomalies: anomalies.map(
      ({ id: _id, tenant_id: _tenant, device_id: _device, peak_diagnostic_id: _peak, ...row }) => ({
        ...row,
        created_at: null,
        updated_at: null,
      }),
    ),
    told: told.map(({ metric, kind }) => `${metric} ${kind}`),
  };
}

describe('diagnostics that complete', () => {
  it('are scored as they come in: what is strange is kept and told of once, with what was expected', async () => {
    const device = await processes.device();
    const sent = await device.send(withHeat());
    await device.settled();
    const [anomaly, ...others] = await device.anomalies();
    expect(others).toEqual([]);
    expect(anomaly).toMatchObject({
      metric: 'cpu.temperature',
      instance: '',
      detector: 'value',
      state: 'open',
      value: 95,
      side: 1,
      samples: 1,
      peak_diagnostic_id: sent.at(-1)?.id,
      start_at: new Date(sent.at(-1)!.at),
      contributors: [{ metric: 'cpu.temperature', share: 1 }],
    });
    expect(anomaly!.expected_low).toBeGreaterThan(40);
    expect(anomaly!.expected_high).toBeLessThan(60);
    expect(anomaly!.score).toBeGreaterThanOrEqual(anomaly!.threshold);
    expect(await device.told()).toEqual([
      expect.objectContaining({
        anomaly_id: anomaly!.id,
        diagnostic_id: sent.at(-1)!.id,
        kind: anomaly!.kind,
        expected: { low: anomaly!.expected_low, high: anomaly!.expected_high },
        contributors: anomaly!.contributors,
      }),
    ]);
    expect((await device.counts()).at(-1)).toMatchObject({ samples: 5, scored: 4, anomalous: 1 });
    // A clock that runs is nothing to watch.
    expect((await device.states()).map(({ series }) => series)).not.toContain('boot.uptime_seconds:');
  });

  it('by two replicas, announced in any order and twice, come to what one run in order comes to', async () => {
    const diagnostics = withHeat();
    const [inOrder, shuffled] = [await processes.device(), await processes.device()];
    for (const each of diagnostics) {
      await inOrder.send([each]);
      await inOrder.settled();
    }
    // The first diagnostic begins what is known; the others backwards in sevens, and everything once more under new events.
    const [first] = await shuffled.send(diagnostics.slice(0, 1));
    await shuffled.settled();
    const rest = await shuffled.send(diagnostics.slice(1), (index) => {
      const [from, to] = [7 * Math.floor(index / 7), Math.min(7 * Math.floor(index / 7) + 6, 58)];
      return to - (index - from);
    });
    const sent = [first!, ...rest];
    await Promise.all(sent.map((each) => shuffled.announce(each)));
    await shuffled.settled();
    expect(await outcomeOf(shuffled)).toEqual(await outcomeOf(inOrder));
    expect((await outcomeOf(inOrder)).told).toHaveLength(1);
  });

  it('that come late, after a newer one was scored, are counted and not scored', async () => {
    const device = await processes.device();
    const diagnostics = quietHours(40);
    const late = diagnostics.splice(30, 1)[0]!;
    await device.send(diagnostics);
    await device.settled();
    const before = await device.states();
    await device.send([late]);
    await device.settled();
    expect(await device.states()).toEqual(before);
    expect((await device.counts())[30]).toMatchObject({ at: new Date(late.at), samples: 5, scored: 0, anomalous: 0 });
  });

  it('whose transaction the server cut off in the middle are scored by whoever takes the event next, once', async () => {
    const device = await processes.device();
    await device.send(withHeat().slice(0, -1));
    await device.settled();
    // Somebody works on the device: the next one waits inside of its transaction, and is killed there.
    const key = [`anomalies ${device.tenantId} ${device.deviceId}`];
    await processes.admin.query('select pg_advisory_lock(hashtextextended($1, 0))', key);
    await device.send(withHeat().slice(-1));
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;
    await waitFor(async () => (await processes.rows(`select 1 ${waiting}`)).length === 1);
    await processes.rows(`select pg_terminate_backend(pid) ${waiting}`);
    await processes.admin.query('select pg_advisory_unlock(hashtextextended($1, 0))', key);
    await device.settled();
    expect(await device.counts()).toHaveLength(60);
    expect(await device.told()).toHaveLength(1);
  });
});

describe('an anomaly', () => {
  it('that goes on is one, told of once: it grows, and ends after twelve quiet samples', async () => {
    const device = await processes.device();
    const diagnostics = quietHours(90).map((each, hour) =>
      hour >= 50 && hour < 56 ? withValue(each, 'cpu.temperature', 70 * 1.5 ** (hour - 50)) : each,
    );
    await device.send(diagnostics);
    await device.settled();
    const heat = (await device.anomalies()).filter(({ metric }) => metric === 'cpu.temperature');
    expect(heat).toHaveLength(1);
    expect(heat[0]).toMatchObject({ state: 'closed', start_at: new Date(diagnostics[50]!.at) });
    expect(heat[0]!.samples).toBeGreaterThan(1);
    expect(heat[0]!.value).toBeGreaterThan(80);
    expect((await device.told()).filter(({ metric }) => metric === 'cpu.temperature')).toHaveLength(1);
  });

  it('of several metrics at once names them all', async () => {
    const device = await processes.device();
    const diagnostics = withHeat();
    diagnostics[59] = withValue(diagnostics[59]!, 'cpu.load', 99);
    await device.send(diagnostics);
    await device.settled();
    const anomalies = await device.anomalies();
    expect(anomalies.map(({ metric }) => metric).sort()).toEqual(['cpu.load', 'cpu.temperature']);
    for (const { contributors } of anomalies) {
      expect(contributors.map(({ metric }) => metric).sort()).toEqual(['cpu.load', 'cpu.temperature']);
      expect(contributors.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }
  });

  it('of a counter is by how much it grew, the first time that it does', async () => {
    const device = await processes.device();
    const diagnostics = quietHours(60).map((each, hour) => (hour >= 59 ? withValue(each, 'smart.5', 11) : each));
    await device.send(diagnostics);
    await device.settled();
    expect(await device.anomalies()).toMatchObject([{ metric: 'smart.5', instance: 'S1', value: 8, expected_high: 0 }]);
  });

  it('of a value that differs by less than anybody would look at is none', async () => {
    const device = await processes.device();
    const diagnostics = quietHours(60).map((each, hour) => withValue(each, 'cpu.temperature', hour === 59 ? 51.5 : 50));
    await device.send(diagnostics);
    await device.settled();
    expect(await device.anomalies()).toEqual([]);
  });

  it('is there when a sensor falls silent while the device goes on telling of others', async () => {
    const device = await processes.device();
    const diagnostics = quietHours(100).map((each, hour) =>
      hour < 40
        ? each
        : { ...each, measurements: each.measurements.filter(({ metric }) => metric !== 'cpu.temperature') },
    );
    await device.send(diagnostics);
    await device.settled();
    expect(await device.anomalies()).toMatchObject([{ metric: 'cpu.temperature', kind: 'missing', value: null }]);
    expect(await device.told()).toHaveLength(1);
  });

  it('is none when the whole device was away', async () => {
    const device = await processes.device();
    const before = quietHours(60, 7, Date.now() - 14 * 24 * HOUR_MS);
    await device.send([...before, ...quietHours(10, 11)]);
    await device.settled();
    expect(await device.anomalies()).toEqual([]);
  });

  it('is there when a device is unlike its peers, of the same model and system, from the start', async () => {
    const hot = await processes.device(undefined, 'X1');
    for (let peer = 0; peer < 8; peer += 1) {
      const other = await processes.device(hot.tenantId, 'X1');
      await other.send(quietHours(1, 100 + peer));
      await other.settled();
    }
    // Another tenant's are nobody's peers.
    const elsewhere = await processes.device(undefined, 'X1');
    await elsewhere.send(quietHours(1).map((each) => withValue(each, 'cpu.temperature', 90)));
    await hot.send(quietHours(1).map((each) => withValue(each, 'cpu.temperature', 90)));
    await Promise.all([hot.settled(), elsewhere.settled()]);
    expect(await hot.anomalies()).toMatchObject([{ metric: 'cpu.temperature', kind: 'cohort_outlier', value: 90 }]);
    expect(await elsewhere.anomalies()).toEqual([]);
  });

  it('is there when a metric creeps up for weeks', async () => {
    const device = await processes.device();
    const days = quietHours(28 * 4).map((each, index, { length }) => {
      const at = Date.now() - (length - index) * 6 * HOUR_MS;
      return withValue({ ...each, at }, 'cpu.temperature', 45 + 3 * Math.sin(index) + index / 5);
    });
    await device.send(days);
    await device.settled();
    const drifts = (await device.anomalies()).filter(({ detector }) => detector === 'drift');
    expect(drifts).toMatchObject([{ metric: 'cpu.temperature', kind: 'drift', side: 1 }]);
  });
});

describe('what is remembered', () => {
  it('is made anew from the raw samples when it is of another version, or damaged: as if it had always been there', async () => {
    const [whole, torn] = [await processes.device(), await processes.device()];
    const diagnostics = withHeat();
    await Promise.all([whole.send(diagnostics), torn.send(diagnostics.slice(0, 59))]);
    await torn.settled();
    await processes.rows(
      `update metric_states set version = 0 where device_id = $1 and metric like 'cpu.%'`,
      torn.deviceId,
    );
    await processes.rows(
      `update metric_states set state = '\\xff' where device_id = $1 and metric = 'smart.5'`,
      torn.deviceId,
    );
    await torn.send(diagnostics.slice(59));
    await Promise.all([whole.settled(), torn.settled()]);
    expect(await torn.states()).toEqual(await whole.states());
    expect(await torn.told()).toHaveLength(1);
  });

  it('of a deleted diagnostic is forgotten: its anomaly, its counts, and what it taught', async () => {
    const [device, never] = [await processes.device(), await processes.device()];
    const diagnostics = withHeat();
    const sent = await device.send(diagnostics);
    await device.settled();
    expect(await device.anomalies()).toHaveLength(1);
    await device.remove(sent.at(-1)!);
    await device.settled();
    expect(await device.anomalies()).toEqual([]);
    expect(await device.counts()).toHaveLength(59);
    const later = withValue({ ...diagnostics[58]!, at: diagnostics[59]!.at + 1 }, 'cpu.load', 22);
    await device.send([later]);
    await never.send([...diagnostics.slice(0, 59), later]);
    await Promise.all([device.settled(), never.settled()]);
    expect(await device.states()).toEqual(await never.states());
  });

  it('of a diagnostic that is deleted before it was scored is nothing', async () => {
    const device = await processes.device();
    const [diagnostic] = quietHours(1);
    const sent = { ...diagnostic!, id: newId('dgn') };
    await device.announce(sent);
    await device.settled();
    expect(await device.counts()).toEqual([]);
    expect(await device.states()).toEqual([]);
  });

  it('of a deleted device is gone with it, and a late event brings nothing back', async () => {
    const device = await processes.device();
    const sent = await device.send(withHeat());
    await device.settled();
    await processes.rows('delete from devices where id = $1', device.deviceId);
    await device.announce(sent.at(-1)!);
    await device.settled();
    for (const found of [await device.anomalies(), await device.counts(), await device.states()])
      expect(found).toEqual([]);
  });

  it('is dropped once it has no use any more, and not a day before', async () => {
    const device = await processes.device();
    await device.send(withHeat());
    await device.settled();
    const age = async (days: number, counted: number) => {
      const seconds = days * 86_400;
      for (const [sql, after] of [
        ['update anomalies set end_at', seconds],
        ['update metric_states set last_at', seconds],
        ['update scored_diagnostics set at', counted * 86_400],
      ] as const)
        await processes.rows(`${sql} = now() - make_interval(secs => $1) where device_id = $2`, after, device.deviceId);
      await processes.get(AnomalyUpkeep).run();
      const left = [await device.anomalies(), await device.states(), await device.counts()];
      return left.map(({ length }) => length);
    };
    // Feedback is forgotten after 90 days, rates look back on seven.
    expect(await age(89, 7)).toEqual([1, 4, 60]);
    expect(await age(91, 7)).toEqual([0, 0, 60]);
    expect(await age(91, 8.1)).toEqual([0, 0, 0]);
  });
});
