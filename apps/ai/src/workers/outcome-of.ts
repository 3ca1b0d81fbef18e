import { Problem } from '@techze/contracts';
import { analysisOf } from '../analysis/analysis-of.js';
import { detectionOf } from '../anomalies/anomaly-detection-of.js';
import { InputRefused } from '../models/series/index.js';
import { patternsOf } from '../patterns/patterns-of.js';
import { recommendationsOf } from '../recommendations/recommendations-of.js';
import type { StoredInput, Wanted } from '../stored/stored-input.js';
import { clockMs, type Job, type JobKind, type Outcome, type WorkerData } from './job.js';
import { parseBody } from './parse-body.js';
import type { Setting } from './setting.js';

class NeedsStored extends Error {
  constructor(readonly wanted: Wanted) {
    super('has to be read first');
  }
}

/** All but how long it took. */
type Compute = (request: unknown, setting: Setting) => object;

const computations: Readonly<Record<JobKind, Compute>> = {
  'anomaly-detect': detectionOf,
  analyze: analysisOf,
  'pattern-recognition': patternsOf,
  recommendations: recommendationsOf,
};

/** Does a job, from bytes to bytes. Whatever happens is an outcome: an error of ours must not cost the thread. */
export function outcomeOf({ kind, body, tenantId, begunAt, stored }: Job, data: WorkerData): Outcome {
  const setting: Setting = {
    ...data,
    tenantId,
    stored<What extends Wanted['what']>(wanted: Extract<Wanted, { what: What }>) {
      const found = stored.find(({ what }) => what === wanted.what);
      if (!found) throw new NeedsStored(wanted);
      return found as Extract<StoredInput, { what: What }>;
    },
  };
  try {
    const answer = computations[kind](parseBody(body), setting);
    const duration_ms = Math.max(0, Math.round((clockMs() - begunAt) * 100) / 100);
    return { answer: new TextEncoder().encode(JSON.stringify({ ...answer, duration_ms })) };
  } catch (error) {
    if (error instanceof NeedsStored) return { wanted: error.wanted };
    const problem = problemOf(error);
    return problem
      ? { problem: problem.toMessage() }
      : { failed: String(error instanceof Error ? error.stack : error) };
  }
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof InputRefused)) return undefined;
  const { code, faults, details } = error;
  return new Problem(code, {
    ...(faults.length > 0 && { errors: [...faults] }),
    ...(Object.keys(details).length > 0 && { details }),
  });
}
