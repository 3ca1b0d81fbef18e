export { Segmenter, segmentsOf, type OpenSegment } from './segmenter.js';
export type { Anomaly, AnomalySeverity, Contributor, ScoredRow, SegmentKind } from './anomaly.js';
