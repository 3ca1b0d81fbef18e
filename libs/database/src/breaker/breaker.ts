/** Closed: all traffic. Open: none. Half-open: a growing share of it. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** When a node is rested, and how it comes back. */
export interface BreakerOptions {
  /** Consecutive failures that open it. */
  readonly failures: number;
  /** How long it stays open, at least. */
  readonly openMs: number;
  /** How long each step of the way back takes, at least. */
  readonly rampStepMs: number;
}

/** Milliseconds that never go back, and chance in [0, 1). */
export interface BreakerClock {
  now(): number;
  random(): number;
}

/** The way back: one pick in every 10, then 4, then 2 (10, 25, 50 %); after the last step it is closed (100 %). */
const RAMP = [10, 4, 2] as const;
/** Part of the open time that chance adds, so that the processes of a suite do not all come back together. */
const JITTER = 0.05;

type Phase =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half_open'; readonly step: number; readonly since: number; readonly proven: boolean };

const CLOSED: Phase = { state: 'closed', failures: 0 };
const hereAndNow: BreakerClock = { now: () => performance.now(), random: Math.random };

/**
 * Rests a node that fails time after time, and brings it back step by step. Knows no node, connection or timer: it is
 * told what happened, is asked what to do, and looks at the clock only then.
 */
export class Breaker {
  private phase: Phase = CLOSED;
  /** Picks on this step, by which a half-open breaker thins. */
  private picks = 0;

  constructor(
    private readonly options: BreakerOptions,
    private readonly clock: BreakerClock = hereAndNow,
    private readonly onChange: (state: BreakerState) => void = () => undefined,
  ) {}

  get state(): BreakerState {
    return this.now().state;
  }

  /** The part of its weight that the node gets now: 0 open, 1 closed. */
  get share(): number {
    const phase = this.now();
    if (phase.state === 'half_open') return 1 / onePickIn(phase.step);
    return phase.state === 'closed' ? 1 : 0;
  }

  /** Whether this very pick may use the node. Half-open, the first pick of each step may: it is what proves the step. */
  offers(): boolean {
    const phase = this.now();
    if (phase.state !== 'half_open') return phase.state === 'closed';
    const offered = this.picks % onePickIn(phase.step) === 0;
    this.picks += 1;
    return offered;
  }

  /** The node answered. */
  succeeded(): void {
    const phase = this.now();
    if (phase.state === 'closed' && phase.failures > 0) this.phase = CLOSED;
    if (phase.state !== 'half_open' || phase.proven) return;
    this.phase = { ...phase, proven: true };
    this.now();
  }

  /** The node refused, hung or was lost. What an open breaker hears of late changes nothing. */
  failed(): void {
    const phase = this.now();
    if (phase.state === 'open') return;
    const failures = phase.state === 'closed' ? phase.failures + 1 : this.options.failures;
    if (failures < this.options.failures) this.phase = { state: 'closed', failures };
    else this.enter({ state: 'open', until: this.clock.now() + this.restMs() });
  }

  /** Takes the node for well at once, whatever was. */
  reset(): void {
    this.enter(CLOSED);
  }

  /** Cuts the rest short: an open breaker begins its way back now. */
  recover(): void {
    if (this.now().state === 'open') this.enter(stepAt(0, this.clock.now()));
  }

  /** The phase after what the clock alone has changed. */
  private now(): Phase {
    const { phase } = this;
    if (phase.state === 'closed') return phase;
    const now = this.clock.now();
    if (phase.state === 'open' && now >= phase.until) this.enter(stepAt(0, now));
    else if (phase.state === 'half_open' && phase.proven && now - phase.since >= this.options.rampStepMs)
      this.enter(phase.step + 1 < RAMP.length ? stepAt(phase.step + 1, now) : CLOSED);
    return this.phase;
  }

  private enter(phase: Phase): void {
    const before = this.phase.state;
    this.phase = phase;
    this.picks = 0;
    if (phase.state !== before) this.onChange(phase.state);
  }

  private restMs(): number {
    return this.options.openMs * (1 + JITTER * this.clock.random());
  }
}

/** A step begins unproven: nothing succeeded in it yet. */
function stepAt(step: number, since: number): Phase {
  return { state: 'half_open', step, since, proven: false };
}

function onePickIn(step: number): number {
  return RAMP[step] ?? 1;
}
