export { MultivariateDetector, type MultivariateVerdict } from './multivariate-detector.js';
export { multivariateThresholds } from './thresholds.js';
