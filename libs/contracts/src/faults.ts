import type { ProblemFault } from './problem.js';

/** More faults than anybody reads would only make the answer large. */
const FAULTS_MAX = 100;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  /** Zod's own issues say which keys were not recognised. */
  readonly keys?: readonly string[];
}

/** Each schema issue as a pointer into what was sent; an unknown field is a fault of its own. */
export function toFaults(issues: readonly Issue[]): ProblemFault[] {
  const faults = issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
    if (issue.keys === undefined || issue.keys.length === 0) return [{ pointer: pointer(path), detail: issue.message }];
    return issue.keys.map((key) => ({ pointer: pointer([...path, key]), detail: 'is not a known field' }));
  });
  return faults.slice(0, FAULTS_MAX);
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
