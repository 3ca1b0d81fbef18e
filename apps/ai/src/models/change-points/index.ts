export type { ChangePoint } from './change-point.js';
export { changePointsOf } from './change-points-of.js';
export { boundariesApart } from './partition.js';
