export type { Band, Calibration, DiskDriver, DiskFailure, DiskRisk } from './disk-failure.js';
export { predictDiskFailure } from './predict-disk-failure.js';
export type { SmartSnapshot } from './smart-snapshot.js';
export { snapshotsOf, type AttributeSeries } from './snapshots-of.js';
