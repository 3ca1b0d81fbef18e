import { Injectable } from '@nestjs/common';
import { anomalyDetected, type Measurement } from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { AnomaliesRepository } from './anomalies.repository.js';
import type { AnomalyRow } from './anomaly.entity.js';
import { Breather } from './breather.js';
import { DeviceWatch, type DiagnosticSamples, type KnownDevice, type ScoredDiagnostic } from './device-watch.js';
import { MetricStatesRepository, type StoredState } from './metric-states.repository.js';
import { RawSamplesRepository, SAMPLES_RELIVED } from './raw-samples.repository.js';
import { seriesKey, type SeriesName } from './series-name.js';
import { SeriesWatch, STATE_VERSION } from './series-watch.js';
import { expectedOf } from './shown-anomaly.js';
import { DAY_MS, driftRows, peerRows } from './slow-watch.js';
import { slowMetrics, watchedMetric } from './watched-metrics.js';

/** Series that are made anew from one answer of the database: enough to be quick, few enough to hold. */
const RELIVED_AT_ONCE = 8;

/** A diagnostic as its event tells of it. */
export interface CompletedDiagnostic {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly diagnosticId: string;
  readonly seenAt: Date;
  readonly measurements: readonly Measurement[];
}

/**
 * Scores the samples of a device's diagnostics, in the order of the device's clock and each of them once, whatever the order
 * of the events and however many replicas take them: one at a time works on a device, and what an event missed it takes along.
 */
@Injectable()
export class AnomalyScoring {
  constructor(
    private readonly states: MetricStatesRepository,
    private readonly anomalies: AnomaliesRepository,
    private readonly samples: RawSamplesRepository,
    private readonly outbox: Outbox,
  ) {}

  /** In the caller's transaction. */
  async score(manager: EntityManager, diagnostic: CompletedDiagnostic, now: Date): Promise<void> {
    const { tenantId, deviceId, diagnosticId, seenAt, measurements } = diagnostic;
    const own: DiagnosticSamples = { diagnosticId, at: seenAt.getTime(), measurements };
    // One round trip; each statement sees what was committed when it began, so all behind the lock see the same.
    const [, standing, skipped, stored, open, judgements] = await Promise.all([
      this.anomalies.lockDevice(manager, tenantId, deviceId),
      this.anomalies.standing(manager, tenantId, deviceId, diagnosticId),
      this.samples.skipped(manager, tenantId, deviceId, seenAt),
      this.states.ofDevice(manager, tenantId, deviceId, measurements),
      this.anomalies.open(manager, tenantId, deviceId),
      this.anomalies.judgements(manager, tenantId, deviceId),
    ]);
    if (!standing.exists || standing.scored) return;
    const diagnostics = [...skipped, own];
    const { watches, quiet } = await this.resumed(manager, diagnostic, stored, diagnostics);
    const newestAt = standing.newest?.getTime();
    const watch = new DeviceWatch({ tenantId, deviceId, newestAt, watches, quiet, open, judgements }, now);
    const breather = new Breather();
    const scored: ScoredDiagnostic[] = [];
    for (const each of diagnostics) {
      scored.push(watch.take(each));
      await breather.breathe();
    }
    if (newestAt === undefined || Math.floor(own.at / DAY_MS) > Math.floor(newestAt / DAY_MS))
      await this.lookBack(manager, diagnostic, watch);
    await this.write(manager, diagnostic, watch, scored);
  }

  /** A diagnostic is gone, and what was counted from it with it: its series are made anew without it. */
  async forget(
    manager: EntityManager,
    { tenantId, deviceId, measurements }: Pick<CompletedDiagnostic, 'tenantId' | 'deviceId' | 'measurements'>,
  ): Promise<void> {
    await this.anomalies.lockDevice(manager, tenantId, deviceId);
    await this.states.forget(manager, tenantId, deviceId, measurements);
  }

  /** The series that those diagnostics tell of as they were left; the others as far as they may be missed. */
  private async resumed(
    manager: EntityManager,
    diagnostic: CompletedDiagnostic,
    stored: readonly StoredState[],
    diagnostics: readonly DiagnosticSamples[],
  ): Promise<Pick<KnownDevice, 'watches' | 'quiet'>> {
    const told = new Map<string, SeriesName>();
    for (const { measurements } of diagnostics)
      for (const { metric, instance } of measurements)
        if (watchedMetric(metric)) told.set(seriesKey({ metric, instance }), { metric, instance });
    const loaded = new Map(stored.map((each) => [seriesKey(each), each]));
    const { tenantId, deviceId } = diagnostic;
    const notLoaded = [...told].filter(([key]) => loaded.get(key)?.state === null).map(([, series]) => series);
    if (notLoaded.length > 0)
      for (const each of await this.states.ofDevice(manager, tenantId, deviceId, notLoaded))
        if (each.state !== null) loaded.set(seriesKey(each), each);

    const watches = new Map<string, SeriesWatch>();
    const anew: SeriesName[] = [];
    const breather = new Breather();
    for (const [key, series] of told) {
      const known = loaded.get(key);
      const watch = known && resumedWatch(known);
      if (watch) watches.set(key, watch);
      else anew.push(series);
      await breather.breathe();
    }
    const first = new Date(Math.min(...diagnostics.map(({ at }) => at)));
    for (let from = 0; from < anew.length; from += RELIVED_AT_ONCE) {
      const series = anew.slice(from, from + RELIVED_AT_ONCE);
      for (const past of await this.samples.before(manager, tenantId, deviceId, series, first, SAMPLES_RELIVED)) {
        const watch = SeriesWatch.begin(past.metric);
        if (!watch) continue;
        for (const [row, at] of past.at.entries()) {
          if (watch.isNews(at)) watch.observe(at, past.values[row] as number);
          await breather.breathe();
        }
        watches.set(seriesKey(past), watch);
      }
    }
    const silent = stored.filter((each) => !told.has(seriesKey(each)) && each.version === STATE_VERSION);
    const quiet = new Map(
      silent.map(({ metric, instance, last_at, heard_ms, silence }) => [
        seriesKey({ metric, instance }),
        { metric, instance, lastAt: last_at.getTime(), heardMs: heard_ms, silence },
      ]),
    );
    return { watches, quiet };
  }

  /** Once a day: what is seen only from farther away. */
  private async lookBack(
    manager: EntityManager,
    { tenantId, deviceId, diagnosticId, seenAt, measurements }: CompletedDiagnostic,
    watch: DeviceWatch,
  ): Promise<void> {
    const [daily, peers] = await Promise.all([
      this.samples.daily(manager, tenantId, deviceId, slowMetrics, seenAt),
      this.samples.peers(manager, tenantId, deviceId, slowMetrics, seenAt),
    ]);
    const at = seenAt.getTime();
    watch.judge([...driftRows(daily, at), ...peerRows(measurements, peers, at)], diagnosticId);
  }

  /** None of the statements waits for another's answer: they share one round trip, and are done in this order. */
  private async write(
    manager: EntityManager,
    { tenantId, deviceId }: CompletedDiagnostic,
    watch: DeviceWatch,
    scored: readonly ScoredDiagnostic[],
  ): Promise<void> {
    const breather = new Breather();
    const moved = [];
    for (const { metric, instance, watch: series } of watch.moved.values()) {
      moved.push({ metric, instance, ...series.serialise() });
      await breather.breathe();
    }
    await Promise.all([
      this.states.save(manager, tenantId, deviceId, STATE_VERSION, moved),
      this.states.wait(manager, tenantId, deviceId, [...watch.waited.values()]),
      this.anomalies.save(manager, [...watch.changed.values()]),
      this.anomalies.count(manager, tenantId, deviceId, scored),
      ...[...watch.changed.values()]
        .filter(({ id }) => watch.begun.has(id))
        .map((row) => this.outbox.append(manager, anomalyDetected, newsOf(row))),
    ]);
  }
}

function resumedWatch({ version, state, ...stored }: StoredState): SeriesWatch | undefined {
  if (version !== STATE_VERSION || state === null) return undefined;
  return SeriesWatch.resume(stored.metric, {
    rows: stored.rows,
    lastAt: stored.last_at.getTime(),
    lastValue: stored.last_value,
    heardMs: stored.heard_ms,
    silence: stored.silence,
    state,
  });
}

function newsOf(row: AnomalyRow) {
  return {
    anomaly_id: row.id,
    device_id: row.device_id,
    diagnostic_id: row.peak_diagnostic_id,
    metric: row.metric,
    instance: row.instance === '' ? null : row.instance,
    kind: row.kind,
    severity: row.severity,
    score: row.score,
    threshold: row.threshold,
    value: row.value,
    expected: expectedOf(row),
    contributors: [...row.contributors],
    start: row.start_at.toISOString(),
  };
}
