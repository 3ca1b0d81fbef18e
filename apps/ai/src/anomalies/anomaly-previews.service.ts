import { Injectable } from '@nestjs/common';
import { Problem, type AiSensitivity, type AnomalyPreview, type PreviewAnomalies } from '@techze/contracts';
import { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import { tenantOfCaller } from '../caller.js';
import { thresholds } from '../models/univariate/index.js';
import { normaliseRows } from '../models/series/index.js';
import { AnomaliesRepository } from './anomalies.repository.js';
import type { AnomalyRow } from './anomaly.entity.js';
import { Breather } from './breather.js';
import { refutationsInForce } from './feedback.js';
import { RawSamplesRepository, type StoredSamples } from './raw-samples.repository.js';
import { Replay } from './replay.js';
import { SeriesWatch, STATE_VERSION } from './series-watch.js';
import { expectedOf } from './shown-anomaly.js';
import { DAY_MS } from './slow-watch.js';

const SENSITIVITIES: readonly AiSensitivity[] = ['low', 'standard', 'high'];
const RAW_MS = 30 * DAY_MS;
/** A sample a minute over two weeks, or one every five minutes over all that is kept, and some. */
const SAMPLES_REPLAYED = 20_000;
/** Nothing is an anomaly before so many samples are known (ai.md). */
const SAMPLES_REQUIRED = 30;
const EXAMPLES = 10;

/** Says how often a setting would have fired on what is stored of a series. */
@Injectable()
export class AnomalyPreviews {
  constructor(
    private readonly database: Database,
    private readonly anomalies: AnomaliesRepository,
    private readonly samples: RawSamplesRepository,
  ) {}

  /** @throws Problem `device-not-found` */
  async preview({
    device_id,
    metric,
    instance = '',
    sensitivity,
    ...wanted
  }: PreviewAnomalies): Promise<AnomalyPreview> {
    const begun = performance.now();
    const now = Date.now();
    const from = wanted.from === undefined ? now - RAW_MS : Date.parse(wanted.from);
    const to = wanted.to === undefined ? now : Date.parse(wanted.to);
    const { past, judgements } = await this.stored(device_id, { metric, instance }, new Date(to));
    const refutations = refutationsInForce(judgements, now);
    const lenient = SENSITIVITIES.map((each) => new Replay(thresholds[each], refutations, now));
    const plain = SENSITIVITIES.map((each) => new Replay(thresholds[each], [], now));
    await relive(metric, past, [...lenient, ...plain]);

    const isWanted = (row: AnomalyRow) => row.start_at.getTime() >= from && row.start_at.getTime() < to;
    const fired = lenient.map((replay) => replay.fired.filter(isWanted));
    const at = Float64Array.from(past.at);
    const rows = normaliseRows(at, [Float64Array.from(past.values)], { strict: false, pointer: '' });
    const tooFew = rows.quality.n < SAMPLES_REQUIRED;
    return {
      status: tooFew ? 'insufficient_data' : 'ok',
      ...(tooFew && { required: SAMPLES_REQUIRED, got: rows.quality.n }),
      ...{ device_id, metric, instance, sensitivity },
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      rows: at.filter((moment) => moment >= from && moment < to).length,
      settings: SENSITIVITIES.map((each, index) => ({
        sensitivity: each,
        threshold: thresholds[each],
        fired: fired[index]?.length ?? 0,
        fired_without_feedback: plain[index]?.fired.filter(isWanted).length ?? 0,
      })),
      examples: (fired[SENSITIVITIES.indexOf(sensitivity)] ?? []).slice(-EXAMPLES).reverse().map(exampleOf),
      feedback_in_force: refutations.length,
      method: 'the detectors of the stream, sample by sample over what is stored; without drift and peers',
      version: `${STATE_VERSION}`,
      quality: rows.quality,
      warnings:
        past.at.length === SAMPLES_REPLAYED ? [`Only the newest ${SAMPLES_REPLAYED} samples were replayed.`] : [],
      duration_ms: Math.round(performance.now() - begun),
    };
  }

  /** From the primary: what the caller said a moment ago is in force. */
  private stored(deviceId: string, series: { metric: string; instance: string }, to: Date) {
    const tenantId = tenantOfCaller();
    return runWith({ readPrimary: true }, () =>
      this.database.read(async (manager) => {
        if (!(await this.anomalies.hasDevice(manager, tenantId, deviceId))) throw new Problem('device-not-found');
        const [[past], judgements] = await Promise.all([
          this.samples.before(manager, tenantId, deviceId, [series], to, SAMPLES_REPLAYED),
          this.anomalies.judgements(manager, tenantId, deviceId, series),
        ]);
        return { past: past ?? { ...series, at: [], values: [] }, judgements };
      }),
    );
  }
}

async function relive(metric: string, past: StoredSamples, replays: readonly Replay[]): Promise<void> {
  const watch = SeriesWatch.begin(metric);
  const breather = new Breather();
  for (const [row, at] of past.at.entries()) {
    if (!watch?.isNews(at)) continue;
    for (const detected of watch.observe(at, past.values[row] as number))
      for (const replay of replays) replay.take(detected);
    await breather.breathe();
  }
}

function exampleOf(row: AnomalyRow): AnomalyPreview['examples'][number] {
  return {
    start: row.start_at.toISOString(),
    end: row.end_at.toISOString(),
    peak_at: row.peak_at.toISOString(),
    score: row.score,
    severity: row.severity,
    kind: row.kind,
    value: row.value,
    expected: expectedOf(row),
  };
}
