export { scoreDiagnostic, SCORING_VERSION } from './score-diagnostic.js';
export type { ScoredDeduction, ScoredFinding, Scoring } from './scoring.js';
