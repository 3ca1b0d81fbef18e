import type { FindingState } from '@techze/contracts';

/** All that can happen to a finding: a diagnostic's word, the end of an acknowledgement, what a person says. */
export type Happening = 'entered' | 'held' | 'cleared' | 'grew' | 'expired' | 'acknowledge' | 'resolve' | 'refute';

/**
 * The state that follows; where nothing is written, it stays as it is. What a maintenance window then makes of an opening
 * that is due (`suppressed`) is in announce.ts.
 *
 * - A false positive stays one whatever is seen: only a person ends it, by acknowledging or resolving it. Resolved so, it
 *   opens with the next sight like any other.
 * - What a person resolved and the next diagnostic still shows is open again: nobody is told that it is well when it is not.
 * - Suppressed, it opens with the next sight; whether the window is still there is announce.ts's question. A value that is
 *   merely held opens nothing.
 */
export const nextState: Readonly<Record<FindingState, Partial<Readonly<Record<Happening, FindingState>>>>> = {
  open: { cleared: 'resolved', acknowledge: 'acknowledged', resolve: 'resolved', refute: 'false_positive' },
  acknowledged: {
    grew: 'open',
    expired: 'open',
    cleared: 'resolved',
    acknowledge: 'acknowledged',
    resolve: 'resolved',
    refute: 'false_positive',
  },
  suppressed: {
    entered: 'open',
    cleared: 'resolved',
    acknowledge: 'acknowledged',
    resolve: 'resolved',
    refute: 'false_positive',
  },
  resolved: { entered: 'open', refute: 'false_positive' },
  false_positive: { acknowledge: 'acknowledged', resolve: 'resolved' },
};

export function after(state: FindingState, happening: Happening): FindingState {
  return nextState[state][happening] ?? state;
}
