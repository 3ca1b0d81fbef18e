export { capacityOf } from './capacity-of.js';
export { diskFullMinimum, fitsCapacity, predictDiskFull } from './predict-disk-full.js';
export type { DiskFullDriver, DiskFullPrediction, Eta } from './prediction.js';
