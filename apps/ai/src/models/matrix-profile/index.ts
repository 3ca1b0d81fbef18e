export { findShapes, rowsNeeded, windowFor, type Shapes } from './find-shapes.js';
export { type Discord, type Motif } from './motifs.js';
