export { QuantileSketch, RELATIVE_ERROR } from './quantile-sketch.js';
