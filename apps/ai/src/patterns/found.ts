import type { PatternTask, RecognisedPatterns } from '@techze/contracts';
import type { Quality } from '../models/series/index.js';

/** What the tasks of one input found; `quality` is of that input. */
export interface Found extends Partial<
  Pick<
    RecognisedPatterns,
    | 'status'
    | 'required'
    | 'got'
    | 'periods'
    | 'changepoints'
    | 'motifs'
    | 'discords'
    | 'templates'
    | 'assignments'
    | 'sequences'
    | 'cohorts'
  >
> {
  readonly tasks: PatternTask[];
  readonly methods: string[];
  readonly quality: Quality;
  readonly warnings: string[];
}
