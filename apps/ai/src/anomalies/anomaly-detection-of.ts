import { DetectAnomalies, Problem, type DetectedAnomalies, type DetectedAnomaly } from '@techze/contracts';
import { multivariateThresholds } from '../models/multivariate/index.js';
import type { Anomaly } from '../models/segments/index.js';
import { normaliseRows, readTimes, readValues, refuseMissing, sameLength, type Rows } from '../models/series/index.js';
import { thresholds } from '../models/univariate/index.js';
import type { Setting } from '../workers/setting.js';
import { parseRequest, refuseTooMany } from '../workers/parse-request.js';
import { insufficient, oneInput, seriesInput } from '../workers/series-input.js';
import { AI_VERSION } from '../workers/version.js';
import { driftsIn } from './anomaly-detection-drifts.js';
import { openState, sealState, type Resumed } from './anomaly-detection-state.js';
import { MultivariateStream, UnivariateStream, type Stream } from './anomaly-detection-streams.js';

/** Fewer rows than this say nothing of what is normal; with `state` those that it has seen count. */
const ROWS_REQUIRED = 30;

/** Rows of one or many columns, whichever way they came. */
interface Input {
  readonly rows: Rows;
  readonly given: number;
  readonly isStored: boolean;
  /** In the order of the columns. */
  readonly metrics: readonly string[];
  /** What a state is bound to: the kind, and what the series is of. */
  readonly subject: string;
}

type Answer = Omit<DetectedAnomalies, 'duration_ms'>;

/** The answer of POST /api/v3/ai/anomaly-detect. */
export function detectionOf(body: unknown, setting: Setting): Answer {
  const request = parseRequest(DetectAnomalies, body);
  const input = inputOf(request, setting);
  const { rows, metrics, subject } = input;
  const resumed = openState(request.state, subject, setting);
  if (resumed && request.seasonality !== 'auto' && request.seasonality !== resumed.seasonality)
    throw new Problem('validation-failed', {
      errors: [{ pointer: '/seasonality', detail: `the state goes on with ${resumed.seasonality}` }],
    });
  const seasonality = resumed?.seasonality ?? request.seasonality;
  const isMany = request.multivariate !== undefined;
  const threshold = (isMany ? multivariateThresholds : thresholds)[request.sensitivity];
  const stream = resuming(resumed, () =>
    isMany
      ? new MultivariateStream(metrics, threshold, resumed)
      : new UnivariateStream(metrics[0] ?? 'value', threshold, seasonality, resumed),
  );

  const first = firstNewRow(rows, resumed);
  const lacks = rows.columns.map((column, index) => refuseMissing(column.subarray(first), resumed?.lacks[index]));
  const warnings = [...rows.warnings];
  if (first > 0) warnings.push(`${first} rows were not newer than the state's last one: dropped.`);
  const told = { method: stream.method, version: AI_VERSION, warnings, threshold };
  const whole = scorable(rows, first);
  const lacking = rows.at.length - first - whole;
  if (lacking > 0) warnings.push(`${lacking} rows lacked a value: they got no score.`);
  const got = stream.rows + whole;
  if (got < ROWS_REQUIRED) {
    const nothing = insufficient(input.isStored, rows.quality, ROWS_REQUIRED, got);
    return { ...nothing, ...told, anomalies: [], state: null };
  }

  const scores = scoresOf(stream, rows, first);
  const lastAt = Math.max(resumed?.lastAt ?? 0, rows.at.at(-1) ?? 0);
  const drifts = resumed ? [] : driftsIn(rows, metrics);
  const anomalies = [...stream.anomalies, ...drifts].sort((a, b) => a.start - b.start || b.score - a.score);
  return {
    status: 'ok',
    anomalies: anomalies.map(shown),
    ...(request.include_scores && { scores: inOrderOfInput(scores, rows, input.given) }),
    ...told,
    state: sealState({ subject, seasonality, lastAt, lacks, ...stream.serialise() }, setting),
    quality: rows.quality,
  };
}

function inputOf(request: DetectAnomalies, setting: Setting): Input {
  oneInput({ ...request }, ['series', 'multivariate']);
  const { multivariate, ...single } = request;
  if (!multivariate) {
    const { rows, given, isStored, metric, instance } = seriesInput({ ...single, isPart: true }, setting);
    const subject = JSON.stringify(['series', single.device_id ?? null, metric, instance]);
    return { rows, given, isStored, metrics: [metric], subject };
  }
  const { timestamps, columns } = multivariate;
  // By name: the order in which a caller happens to write them must not change the answer.
  const metrics = Object.keys(columns).sort();
  refuseTooMany(timestamps.length);
  const at = readTimes(timestamps, '/multivariate/timestamps');
  const values = metrics.map((metric) => {
    const pointer = `/multivariate/columns/${metric.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const column = columns[metric] ?? [];
    sameLength(at.length, column.length, pointer);
    return readValues(column, pointer);
  });
  const rows = normaliseRows(at, values, { strict: request.strict, pointer: '/multivariate/timestamps', isPart: true });
  return { rows, given: at.length, isStored: false, metrics, subject: JSON.stringify(['multivariate', ...metrics]) };
}

/** The state of a model of another release is ours, but nothing can be gone on with from it. */
function resuming(resumed: Resumed | undefined, make: () => Stream): Stream {
  try {
    return make();
  } catch (cause) {
    if (resumed) throw new Problem('invalid-state');
    throw cause;
  }
}

/** What the state has seen already is not seen twice. */
function firstNewRow({ at }: Rows, resumed: Resumed | undefined): number {
  if (!resumed) return 0;
  const first = at.findIndex((time) => time > resumed.lastAt);
  return first === -1 ? at.length : first;
}

function isScorable(rows: Rows, row: number): boolean {
  return rows.columns.every((column) => !Number.isNaN(column[row]));
}

function scorable(rows: Rows, first: number): number {
  let count = 0;
  for (let row = first; row < rows.at.length; row += 1) if (isScorable(rows, row)) count += 1;
  return count;
}

/** NaN for a row that lacks a value: it gets no score, and the detector does not see it. */
function scoresOf(stream: Stream, rows: Rows, first: number): Float64Array {
  const scores = new Float64Array(rows.at.length).fill(Number.NaN);
  const values = new Float64Array(rows.columns.length);
  for (let row = first; row < rows.at.length; row += 1) {
    if (!isScorable(rows, row)) continue;
    for (let column = 0; column < values.length; column += 1)
      values[column] = rows.columns[column]?.[row] ?? Number.NaN;
    scores[row] = stream.observe(rows.at[row] ?? 0, values);
  }
  return scores;
}

/** Six digits tell apart what a score can; more would only make the answer large. */
const SCORE_DIGITS = 1e6;

function inOrderOfInput(scores: Float64Array, { rowOf }: Rows, given: number): (number | null)[] {
  return Array.from({ length: given }, (_, index) => {
    const score = scores[rowOf[index] ?? -1] ?? Number.NaN;
    return Number.isNaN(score) ? null : Math.round(score * SCORE_DIGITS) / SCORE_DIGITS;
  });
}

function shown({ start, end, peak_at, score, severity, kind, expected, contributors }: Anomaly): DetectedAnomaly {
  return {
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
    peak_at: new Date(peak_at).toISOString(),
    score: Math.round(score * SCORE_DIGITS) / SCORE_DIGITS,
    severity,
    kind,
    expected: expected && { low: expected.low, high: expected.high },
    contributors: contributors.map(({ metric, share }) => ({ metric, share })),
  };
}
