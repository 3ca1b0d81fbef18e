export type { Season } from './season.js';
export { MAX_SEARCHED_ROWS, MIN_TURNS, seasonsOf } from './seasons-of.js';
