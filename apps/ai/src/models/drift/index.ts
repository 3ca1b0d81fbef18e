export { driftOf, type Drift } from './drift.js';
