import type { Analysis, Analyze } from '@techze/contracts';

/** An answer but for how long it took. */
export type Analysed = Omit<Analysis, 'duration_ms'>;

/** What is asked of one kind of analysis. */
export type AnalysisRequest<Kind extends Analyze['kind']> = Extract<Analyze, { kind: Kind }>;
