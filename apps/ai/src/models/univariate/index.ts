export { thresholds } from './thresholds.js';
export { UnivariateDetector, type Seasonality } from './univariate-detector.js';
export type { AnomalyKind, Verdict } from './verdict.js';
