import { Problem, type InlineSeries } from '@techze/contracts';
import {
  calculable,
  normaliseRows,
  readTimes,
  readValues,
  sameLength,
  type NormaliseOptions,
  type Quality,
  type Rows,
} from '../models/series/index.js';
import { numbersOf, type StoredSeries, type WantedSeries } from '../stored/stored-input.js';
import type { Setting } from './setting.js';
import { refuseTooMany } from './parse-request.js';

/** What a request says about its series. */
export interface SeriesRequest {
  readonly series?: InlineSeries | undefined;
  readonly device_id?: string | undefined;
  readonly metric?: string | undefined;
  readonly instance?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly strict: boolean;
  /** Of a run that began before. */
  readonly isPart?: boolean | undefined;
}

/** A series of either origin. */
export interface SeriesInput {
  readonly rows: Rows;
  /** How many rows were sent or read. */
  readonly given: number;
  readonly isStored: boolean;
  /** What it is of, where that is known. */
  readonly metric: string;
  readonly instance: string;
  readonly beside?: StoredSeries | undefined;
}

const STORED_MEMBERS = ['device_id', 'metric', 'instance', 'from', 'to'] as const;

/**
 * Inline data or the name of what is stored, exactly one.
 * @param inline the members that may hold data
 * @throws Problem `ambiguous-input`
 */
export function oneInput(request: Readonly<Record<string, unknown>>, inline: readonly string[]): void {
  const said = (name: string) => request[name] !== undefined;
  const sent = inline.filter(said);
  const named = STORED_MEMBERS.filter(said);
  if (sent.length === 1 && named.length === 0) return;
  if (sent.length === 0 && said('device_id')) return;
  const errors = [...sent, ...named].map((name) => ({ pointer: `/${name}`, detail: 'does not go with the others' }));
  throw new Problem('ambiguous-input', errors.length > 1 ? { errors } : {});
}

/** @param beside another metric of the same device and instance, where it is stored */
export function seriesInput(request: SeriesRequest, setting: Setting, beside?: string): SeriesInput {
  oneInput({ ...request }, ['series']);
  const { series, device_id, metric, instance, from, to, strict, isPart } = request;
  if (series) return inlineSeries(series, { strict, isPart });
  if (device_id === undefined || metric === undefined)
    throw new Problem('validation-failed', { errors: [{ pointer: '/metric', detail: 'is needed with device_id' }] });
  return storedSeries({ what: 'series', device_id, metric, instance, from, to, beside }, setting, isPart);
}

function inlineSeries(
  { timestamps, values }: InlineSeries,
  how: Pick<NormaliseOptions, 'strict' | 'isPart'>,
): SeriesInput {
  refuseTooMany(Math.max(timestamps.length, values.length));
  sameLength(timestamps.length, values.length, '/series/values');
  const at = readTimes(timestamps, '/series/timestamps');
  const column = readValues(values, '/series/values');
  const rows = normaliseRows(at, [column], { ...how, pointer: '/series/timestamps' });
  return { rows, given: at.length, isStored: false, metric: 'value', instance: '' };
}

/** In order by the query; what the database has twice was measured twice. */
function storedSeries(wanted: WantedSeries, setting: Setting, isPart: boolean | undefined): SeriesInput {
  const { at, values, instance, beside } = setting.stored(wanted);
  const { values: column, dropped } = calculable(numbersOf(values));
  const normal = normaliseRows(numbersOf(at), [column], { strict: false, pointer: '', isPart });
  const warning = `${dropped} stored values were too large to be calculated with: taken for missing.`;
  const rows = dropped > 0 ? { ...normal, warnings: [...normal.warnings, warning] } : normal;
  return { rows, given: rows.rowOf.length, isStored: true, metric: wanted.metric, instance, beside };
}

/** What an answer says that has nothing to say. @throws Problem `insufficient-data` for what was sent */
export function insufficient(
  isStored: boolean,
  quality: Quality,
  required: number,
  got: number,
): { status: 'insufficient_data'; required: number; got: number; quality: Quality } {
  if (!isStored) throw new Problem('insufficient-data', { details: { required, got } });
  return { status: 'insufficient_data', required, got, quality };
}
