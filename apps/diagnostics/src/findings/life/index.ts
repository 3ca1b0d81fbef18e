export { acknowledge, expire, refute, resolve } from './acts.js';
export { unborn, type Around, type Life, type Muted, type News, type Step, type Value, type Word } from './life.js';
export { withSample, type Sample } from './samples.js';
export { count, see } from './sights.js';
export { trendOf } from './trend.js';
