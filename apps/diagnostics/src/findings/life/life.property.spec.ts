import type { Acknowledgement, Severity } from '@techze/contracts';
import fc from 'fast-check';
import { acknowledge, expire, refute, resolve } from './acts.js';
import { FLAP_WINDOW_MS } from './flapping.js';
import { unborn, type Life, type Step, type Word } from './life.js';
import { count, see } from './sights.js';

/** How much can happen to one finding in one run, and how many runs. */
const RUN_LENGTH = 60;
const RUNS = 2_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE_MS = 60_000;

const RANK = { info: 1, warning: 2, critical: 3 } as const;
const severity = fc.constantFrom<Severity>('warning', 'critical');
const value = fc.integer({ min: 0, max: 20 });
const entered = fc
  .record({ kind: fc.constant('entered' as const), severity, hold: severity, value })
  .map((word) => ({ ...word, hold: RANK[word.hold] < RANK[word.severity] ? word.severity : word.hold }));
const held = fc.record({ kind: fc.constant('held' as const), hold: severity, value });
const cleared = fc.record({
  kind: fc.constant('cleared' as const),
  reason: fc.constantFrom('cleared' as const, 'gone' as const, 'check_off' as const),
});

/** One thing that happens, so many minutes after the one before. */
const event = fc.record({
  afterMinutes: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 5_000 })),
  windows: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(['mtw_1', 'mtw_2'])),
  what: fc.oneof(
    { weight: 6, arbitrary: entered.map((word) => ({ word })) },
    { weight: 4, arbitrary: cleared.map((word) => ({ word })) },
    { weight: 1, arbitrary: held.map((word) => ({ word })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 9_000 }).map((lateByMinutes) => ({ lateByMinutes })) },
    { weight: 1, arbitrary: fc.constant({ act: 'resolve' as const }) },
    { weight: 1, arbitrary: fc.constant({ act: 'refute' as const }) },
    { weight: 1, arbitrary: fc.constant({ act: 'expire' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('acknowledge' as const),
        rule: fc.constantFrom('grows' as const, 'reappears' as const),
        forMinutes: fc.option(fc.integer({ min: 1, max: 2_000 })),
        baseline: value,
      }),
    },
  ),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** What somebody outside knows, who hears the news and nothing else. */
interface Outside {
  open: boolean;
  severity: Severity | null;
}

interface Told {
  readonly event: Event;
  readonly at: Date;
  readonly before: Life;
  readonly step: Step;
}

/** Tells a whole life; `look` sees every step of it. */
function live(events: readonly Event[], failsBeforeAlert: number, look: (told: Told) => void): Life {
  let life = unborn('SMART_197', 'warning', new Date(START));
  let ms = START;
  for (const each of events) {
    ms += each.afterMinutes * MINUTE_MS;
    const at = new Date(ms);
    const step = happen(life, each, at, failsBeforeAlert);
    if (!step) continue;
    look({ event: each, at, before: life, step });
    life = step.life;
  }
  return life;
}

/** undefined: it cannot happen to that finding. */
function happen(life: Life, { what, windows }: Event, at: Date, failsBeforeAlert: number): Step | undefined {
  if ('word' in what) {
    if (life.occurrences === 0 && what.word.kind !== 'entered') return undefined;
    return see(life, what.word, { at, now: at, windows, failsBeforeAlert });
  }
  if ('lateByMinutes' in what) return count(life, new Date(at.getTime() - what.lateByMinutes * MINUTE_MS), at);
  if (life.occurrences === 0) return undefined;
  if (what.act === 'resolve') return resolve(life, at);
  if (what.act === 'refute') return refute(life, at);
  if (what.act === 'expire') return expire(life, at, windows);
  if (life.state === 'resolved') return undefined;
  const acknowledgement: Acknowledgement = {
    rule: what.rule,
    baseline: { value: what.baseline, severity: life.severity },
    expires_at: what.forMinutes === null ? null : new Date(at.getTime() + what.forMinutes * MINUTE_MS).toISOString(),
    by: 'somebody',
    reason: 'known',
    at: at.toISOString(),
  };
  return acknowledge(life, acknowledgement, at);
}

const lives = fc.tuple(fc.array(event, { maxLength: RUN_LENGTH }), fc.integer({ min: 1, max: 3 }));

function everyStep(look: (told: Told, failsBeforeAlert: number) => void): void {
  fc.assert(
    fc.property(lives, ([events, failsBeforeAlert]) => {
      live(events, failsBeforeAlert, (told) => look(told, failsBeforeAlert));
    }),
    { numRuns: RUNS },
  );
}

const wordOf = ({ event: { what } }: Told): Word | undefined => ('word' in what ? what.word : undefined);
const isAct = ({ event: { what } }: Told) => 'act' in what && what.act !== 'expire';

describe('whatever happens to a finding', () => {
  it('its occurrences are its sights, and it was first and last seen at the earliest and the latest of them', () => {
    fc.assert(
      fc.property(lives, ([events, failsBeforeAlert]) => {
        const sights: number[] = [];
        const life = live(events, failsBeforeAlert, (told) => {
          const { what } = told.event;
          if (wordOf(told)?.kind === 'entered') sights.push(told.at.getTime());
          if ('lateByMinutes' in what) sights.push(told.at.getTime() - what.lateByMinutes * MINUTE_MS);
        });
        expect(life.occurrences).toBe(sights.length);
        if (sights.length === 0) return;
        expect(life.first_seen.getTime()).toBe(Math.min(START, ...sights));
        expect(life.last_seen.getTime()).toBe(Math.max(START, ...sights));
      }),
      { numRuns: RUNS },
    );
  });

  it('a sight never leaves it resolved, a clear one never leaves it open, and only people end a false positive', () => {
    everyStep((told) => {
      const { before, step } = told;
      const word = wordOf(told);
      if (word?.kind === 'entered') expect(step.life.state).not.toBe('resolved');
      if (word?.kind === 'cleared') expect(['resolved', 'false_positive']).toContain(step.life.state);
      if (before.state === 'false_positive' && !isAct(told)) expect(step.life.state).toBe('false_positive');
    });
  });

  it('an older sight changes nothing but the count and the time of the first and last sight', () => {
    everyStep(({ event: { what }, before, step }) => {
      if (!('lateByMinutes' in what)) return;
      const { occurrences: _count, first_seen: _first, last_seen: _last, resolved_at: _since, ...kept } = step.life;
      expect(before).toMatchObject(kept);
      expect([step.news, step.muted]).toEqual([null, null]);
    });
  });

  it('what is muted is not told: not in a window, not while it flaps', () => {
    everyStep((told) => {
      const { before, step, event: each } = told;
      if (step.muted) expect(step.news).toBeNull();
      if (isAct(told)) return;
      if (each.windows.length > 0) expect(step.news).toBeNull();
      if (step.life.flapping)
        expect(step.news).toEqual(before.flapping ? null : { type: 'changed', reason: 'flapping' });
    });
  });

  it('it carries what belongs to its state and nothing else', () => {
    everyStep(({ step: { life } }) => {
      expect(life.acknowledgement !== null).toBe(life.state === 'acknowledged');
      expect(life.suppressed_by !== null).toBe(life.state === 'suppressed');
      if (life.state === 'resolved') expect(life.resolved_at).not.toBeNull();
      if (life.state === 'suppressed') expect(life.alerted_at).toBeNull();
      expect(life.alerted_severity !== null).toBe(life.alerted_at !== null);
    });
  });

  it('it is never better than what was just seen', () => {
    everyStep((told) => {
      const word = wordOf(told);
      if (word?.kind === 'entered') expect(RANK[told.step.life.severity]).toBeGreaterThanOrEqual(RANK[word.severity]);
    });
  });

  it('nothing is announced twice: opened only what was not open outside, resolved only what was, unless a person says so', () => {
    const outside: Outside = { open: false, severity: null };
    fc.assert(
      fc
        .property(lives, ([events, failsBeforeAlert]) => {
          live(events, failsBeforeAlert, (told) => {
            const { before, step } = told;
            const { news, life } = step;
            if (news?.type === 'opened') expect(outside.open).toBe(false);
            if (news?.type === 'resolved' && !isAct(told)) expect(outside.open).toBe(true);
            if (news?.reason === 'severity_rose' || news?.reason === 'severity_fell')
              expect(outside).toEqual({ open: true, severity: expect.not.stringMatching(`^${life.severity}$`) });
            // Who acknowledged it knows; what then is resolved in silence, or suppressed, is open to nobody.
            const silent =
              before.state === 'acknowledged' && (life.state === 'resolved' || life.state === 'suppressed');
            if (news && news.reason !== 'flapping')
              Object.assign(
                outside,
                told.step.life.state === 'open' || life.state === 'acknowledged'
                  ? { open: true, severity: life.severity }
                  : { open: false, severity: null },
              );
            else if (silent) Object.assign(outside, { open: false, severity: null });
            expect(life.alerted_at !== null).toBe(outside.open);
          });
        })
        .beforeEach(() => void Object.assign(outside, { open: false, severity: null })),
      { numRuns: RUNS },
    );
  });

  it('nobody is left in a wrong belief: once nothing mutes it, what stands is what was told', () => {
    everyStep((told, failsBeforeAlert) => {
      const { event: each, step } = told;
      const word = wordOf(told);
      if (!word || each.windows.length > 0 || step.life.flapping) return;
      const { state, consecutive, alerted_at, alerted_severity, severity: now } = step.life;
      if (word.kind === 'cleared') expect(alerted_at).toBeNull();
      if (word.kind === 'entered' && state === 'open' && consecutive >= failsBeforeAlert)
        expect(alerted_severity).toBe(now);
    });
  });

  it('what goes on being seen is open and told of in the end, unless somebody knows of it or called it false', () => {
    fc.assert(
      fc.property(lives, severity, ([events, failsBeforeAlert], last) => {
        let life = live(events, failsBeforeAlert, () => undefined);
        let ms = START + (RUN_LENGTH + 1) * 5_000 * MINUTE_MS;
        for (let sight = 0; sight < failsBeforeAlert; sight += 1) {
          const at = new Date((ms += FLAP_WINDOW_MS));
          const word: Word = { kind: 'entered', severity: last, hold: last, value: 3 };
          life = see(life, word, { at, now: at, windows: [], failsBeforeAlert }).life;
        }
        if (life.state === 'acknowledged' || life.state === 'false_positive') return;
        expect(life).toMatchObject({ state: 'open', severity: last, alerted_severity: last, flapping: false });
      }),
      { numRuns: RUNS },
    );
  });
});
