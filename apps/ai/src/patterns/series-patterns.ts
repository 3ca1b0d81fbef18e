import type { PatternTask, RecognisedPatterns } from '@techze/contracts';
import { boundariesApart, changePointsOf } from '../models/change-points/index.js';
import { findShapes, rowsNeeded, windowFor } from '../models/matrix-profile/index.js';
import { MAX_SEARCHED_ROWS, MIN_TURNS, seasonsOf } from '../models/seasons/index.js';
import { interpolate, present, seriesOf, type Series } from '../models/series/index.js';
import type { Setting } from '../workers/setting.js';
import { insufficient, seriesInput, type SeriesRequest } from '../workers/series-input.js';
import type { Found } from './found.js';

type SeriesTask = 'seasonality' | 'changepoints' | 'motifs' | 'discords';
type Members = Partial<Pick<RecognisedPatterns, 'periods' | 'changepoints' | 'motifs' | 'discords'>>;

/** Fewer rows than this show nothing: three turns of the shortest season of four rows; two parts of a series. */
const SEASON_ROWS = 12;
const CHANGE_ROWS = 10;
/** A shape has four rows at least. */
const SHAPE_ROWS = rowsNeeded(4);

/** In as many rows all boundaries of parts are found that are long enough to be told. */
const EXACT_CHANGE_ROWS = 5_000;

const ALL: readonly SeriesTask[] = ['seasonality', 'changepoints', 'motifs', 'discords'];

/** What comes again in a series, what changes for good, and what is like nothing else. */
export function seriesPatterns(
  request: SeriesRequest & { readonly m?: number | undefined },
  asked: readonly PatternTask[] | undefined,
  setting: Setting,
): Found {
  const { rows, isStored } = seriesInput(request, setting);
  const given = seriesOf(rows);
  const got = present(given.values);
  const needs = neededBy(request.m);
  const wanted = ALL.filter((task) => asked?.includes(task) ?? true);
  const tasks = asked ? wanted : wanted.filter((task) => needs[task] <= got);
  const warnings = [...rows.warnings];
  const required = asked
    ? Math.max(0, ...wanted.map((task) => needs[task]))
    : Math.min(...wanted.map((task) => needs[task]));
  if (wanted.length > 0 && got < required)
    return { ...insufficient(isStored, rows.quality, required, got), tasks: [...wanted], methods: [], warnings };
  const left = wanted.filter((task) => !tasks.includes(task));
  if (left.length > 0) warnings.push(`Too few rows for ${left.join(', ')}: not looked for.`);
  const { series, filled } = interpolate(given);
  if (filled > 0) warnings.push(`${filled} missing values were filled in between their neighbours.`);
  const { members, methods, said } = found(series, tasks, request.m);
  return {
    ...members,
    tasks,
    methods,
    quality: { ...rows.quality, interpolated: filled },
    warnings: [...warnings, ...said],
  };
}

function neededBy(m: number | undefined): Record<SeriesTask, number> {
  const shape = m === undefined ? SHAPE_ROWS : rowsNeeded(m);
  return { seasonality: SEASON_ROWS, changepoints: CHANGE_ROWS, motifs: shape, discords: shape };
}

function found(
  series: Series,
  tasks: readonly SeriesTask[],
  m: number | undefined,
): { members: Members; methods: string[]; said: string[] } {
  const does = (task: SeriesTask) => tasks.includes(task);
  const members: Members = {};
  const methods: string[] = [];
  const said: string[] = [];
  const n = series.values.length;
  const hasShapes = does('motifs') || does('discords');
  const seasons = does('seasonality') || (hasShapes && m === undefined) ? seasonsOf(series) : [];
  if (does('seasonality')) {
    members.periods = seasons;
    methods.push('spectrum');
    if (n > MAX_SEARCHED_ROWS) {
      const shown = Math.floor(MAX_SEARCHED_ROWS / MIN_TURNS);
      said.push(
        `${n} rows are too many for one search: seasons of up to ${shown} rows are those of the last ${MAX_SEARCHED_ROWS}, longer ones those of means of ${Math.ceil(n / MAX_SEARCHED_ROWS)} rows.`,
      );
    }
  }
  if (does('changepoints')) {
    members.changepoints = changePointsOf(series).map((point) => ({ ...point, at: new Date(point.at).toISOString() }));
    methods.push('change-points');
    if (n > EXACT_CHANGE_ROWS)
      said.push(`Of ${n} rows, parts between changes that are shorter than ${boundariesApart(n)} rows may be missed.`);
  }
  if (hasShapes) {
    const { motifs, discords, warnings } = findShapes(series.values, m ?? windowFor(series.values.length, seasons));
    if (does('motifs')) members.motifs = motifs;
    if (does('discords')) members.discords = discords;
    methods.push('matrix-profile');
    said.push(...warnings);
  }
  return { members, methods, said };
}
