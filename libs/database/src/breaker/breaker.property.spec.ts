import fc from 'fast-check';
import { Breaker, type BreakerState } from './breaker.js';

const FAILURES = 5;
const OPEN_MS = 1_000;
const STEP_MS = 100;
const SHARES = [0.1, 0.25, 0.5];

/** One thing that happens to a breaker, or is asked of it. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'failed' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'succeeded' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 1_200 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'recover' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** What somebody knows who keeps a diary of everything and works the state out of it, asked after every event. */
class Diary {
  state: BreakerState = 'closed';
  step = 0;
  private inARow = 0;
  private openedAt = 0;
  private stepAt = 0;
  private answered = false;

  constructor(private readonly chance: number) {}

  write(event: Event, now: number): void {
    this.turnPage(now);
    switch (event.kind) {
      case 'failed':
        if (this.state === 'open') break;
        this.inARow += 1;
        if (this.state === 'half_open' || this.inARow === FAILURES) {
          this.state = 'open';
          this.openedAt = now;
        }
        break;
      case 'succeeded':
        this.inARow = 0;
        this.answered = true;
        break;
      case 'recover':
        if (this.state === 'open') this.begin(0, now);
        break;
      case 'reset':
        this.close();
        break;
      case 'pass':
      case 'look':
        break;
    }
    this.turnPage(now);
  }

  private turnPage(now: number): void {
    if (this.state === 'open' && now >= this.openedAt + OPEN_MS * (1 + this.chance / 20)) this.begin(0, now);
    else if (this.state === 'half_open' && this.answered && now >= this.stepAt + STEP_MS) {
      if (this.step === SHARES.length - 1) this.close();
      else this.begin(this.step + 1, now);
    }
  }

  private begin(step: number, now: number): void {
    Object.assign(this, { state: 'half_open', step, stepAt: now, answered: false });
  }

  private close(): void {
    Object.assign(this, { state: 'closed', inARow: 0 });
  }
}

const runs = { numRuns: 3_000 };
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('is at every moment what its diary says, and tells every change once', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), chances, (events, chance) => {
      let now = 0;
      const told: BreakerState[] = ['closed'];
      const clock = { now: () => now, random: () => chance };
      const options = { failures: FAILURES, openMs: OPEN_MS, rampStepMs: STEP_MS };
      const breaker = new Breaker(options, clock, (state) => told.push(state));
      const diary = new Diary(chance);
      for (const event of events) {
        if (event.kind === 'pass') now += event.ms;
        else if (event.kind !== 'look') breaker[event.kind]();
        diary.write(event, now);
        const share = { closed: 1, open: 0, half_open: SHARES[diary.step] }[diary.state];
        expect([breaker.state, breaker.share]).toEqual([diary.state, share]);
        expect(told.at(-1)).toBe(diary.state);
      }
      told.forEach((state, index) => expect(state).not.toBe(told[index - 1]));
    }),
    runs,
  );
});

it('never offers more than its share of any run of picks, rounded up, nor less, rounded down', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 }),
      fc.nat(100),
      fc.integer({ min: 1, max: 500 }),
      (steps, before, picks) => {
        let now = 0;
        const options = { failures: 1, openMs: OPEN_MS, rampStepMs: STEP_MS };
        const breaker = new Breaker(options, { now: () => now, random: () => 0 });
        breaker.failed();
        breaker.recover();
        for (let step = 0; step < steps; step += 1) {
          breaker.succeeded();
          now += STEP_MS;
          expect(breaker.state).toBe('half_open');
        }
        const { share } = breaker;
        for (let pick = 0; pick < before; pick += 1) breaker.offers();
        const offers = Array.from({ length: picks }, () => breaker.offers()).filter(Boolean).length;
        expect(offers).toBeGreaterThanOrEqual(Math.floor(picks * share));
        expect(offers).toBeLessThanOrEqual(Math.ceil(picks * share));
      },
    ),
    runs,
  );
});
