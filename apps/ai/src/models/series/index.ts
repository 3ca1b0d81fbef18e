export { TIME_END, calculable, readTimes, readValues, sameLength } from './columns.js';
export { interpolate } from './interpolate.js';
export {
  normaliseRows,
  present,
  refuseMissing,
  seriesOf,
  type Lack,
  type NormaliseOptions,
  type Rows,
} from './normalise.js';
export type { Quality } from './quality.js';
export { FAULTS_MAX, InputRefused, type Fault } from './refused.js';
export type { Series } from './series.js';
