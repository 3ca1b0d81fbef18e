export type { Season } from './season.js';
export { MIN_TURNS, seasonsOf } from './seasons-of.js';
