import type { Acknowledgement, FindingState, Severity } from '@techze/contracts';
import { acknowledge, expire, refute, resolve } from './acts.js';
import { FLAP_CHANGES } from './flapping.js';
import { unborn, type Life, type Step, type Word } from './life.js';
import { nextState } from './next-state.js';
import { count, see } from './sights.js';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const at = (hour: number) => new Date(START + hour * HOUR_MS);

const entered = (severity: Severity = 'warning', value: number = 1, hold: Severity = severity): Word => ({
  kind: 'entered',
  severity,
  hold,
  value,
});
const held = (hold: Severity, value = 1): Word => ({ kind: 'held', hold, value });
const cleared: Word = { kind: 'cleared', reason: 'cleared' };

interface Telling {
  hour?: number;
  windows?: string[];
  failsBeforeAlert?: number;
  now?: Date;
}

/** A finding told as a story: each call is the next thing that happens to it. */
class Story {
  life: Life;
  step: Step;
  hour = 0;

  constructor(code = 'SMART_197') {
    this.life = unborn(code, 'warning', at(0));
  }

  see(word: Word, { hour = this.hour + 1, windows = [], failsBeforeAlert = 1, now = at(hour) }: Telling = {}): this {
    this.hour = hour;
    return this.took(see(this.life, word, { at: at(hour), now, windows, failsBeforeAlert }));
  }

  acknowledge(rule: Acknowledgement['rule'], value = 1, expires_at: Date | null = null): this {
    const { severity } = this.life;
    const now = at((this.hour += 1));
    const acknowledgement = {
      rule,
      baseline: { value, severity },
      expires_at: expires_at?.toISOString() ?? null,
      by: 'somebody',
      reason: 'known',
      at: now.toISOString(),
    };
    return this.took(acknowledge(this.life, acknowledgement, now));
  }

  resolve(): this {
    return this.took(resolve(this.life, at((this.hour += 1))));
  }

  refute(): this {
    return this.took(refute(this.life, at((this.hour += 1))));
  }

  took(step: Step): this {
    this.step = step;
    this.life = step.life;
    return this;
  }

  /** State, transition and news, in short. */
  get told(): [FindingState, string | null, string | null] {
    const { transition, news } = this.step;
    return [this.life.state, transition?.reason ?? null, news && `${news.type}: ${news.reason}`];
  }
}

const story = (code?: string) => new Story(code);
const open = () => story().see(entered());

describe('the table of states', () => {
  it('leads from every state to every state that a finding can have', () => {
    expect(Object.keys(nextState).sort()).toEqual(['acknowledged', 'false_positive', 'open', 'resolved', 'suppressed']);
  });

  it('lets nothing but a person end a false positive', () => {
    expect(Object.keys(nextState.false_positive).sort()).toEqual(['acknowledge', 'resolve']);
  });
});

describe('a finding', () => {
  it('opens at once, and is announced', () => {
    expect(open().told).toEqual(['open', 'seen', 'opened: seen']);
    expect(open().step.transition).toEqual({ from: null, reason: 'seen' });
    expect(open().step.news).not.toHaveProperty('reopened');
  });

  it('stays open without a word as long as it is seen', () => {
    expect(open().see(entered()).told).toEqual(['open', null, null]);
  });

  it.each(['cleared', 'gone', 'check_off'] as const)('is resolved when it is %s', (reason) => {
    const resolved = open().see({ kind: 'cleared', reason });
    expect(resolved.told).toEqual(['resolved', reason, `resolved: ${reason}`]);
    expect(resolved.life).toMatchObject({ resolved_at: at(2), consecutive: 0 });
  });

  it('opens again when it comes back: the same finding, first seen when it was', () => {
    const back = open().see(cleared).see(entered());
    expect(back.told).toEqual(['open', 'reappeared', 'opened: reappeared']);
    expect(back.step.news).toMatchObject({ reopened: true });
    expect(back.life).toMatchObject({ first_seen: at(0), opened_at: at(3), occurrences: 2, consecutive: 1 });
  });

  it('that is resolved stays so, and is not even touched, while it is clear or merely held', () => {
    const resolved = open().see(cleared).life;
    for (const word of [cleared, held('warning')])
      expect(see(resolved, word, { at: at(9), now: at(9), windows: [], failsBeforeAlert: 1 })).toEqual({
        life: resolved,
        transition: null,
        news: null,
        muted: null,
      });
  });

  it('says so when it becomes worse or better', () => {
    const worse = open().see(entered('critical'));
    expect(worse.told).toEqual(['open', 'severity_rose', 'changed: severity_rose']);
    expect(worse.life.alerted_at).toEqual(at(1));
    expect(worse.see(entered('warning')).told).toEqual(['open', 'severity_fell', 'changed: severity_fell']);
  });
});

describe('hysteresis', () => {
  it('keeps a finding open, without a sight, while its value holds it', () => {
    const story = open().see(held('warning'));
    expect(story.told).toEqual(['open', null, null]);
    expect(story.life.occurrences).toBe(1);
    expect(story.see(cleared).told[0]).toBe('resolved');
  });

  it('lets severity fall only as far as it is held', () => {
    const critical = story().see(entered('critical'));
    expect(critical.see(entered('warning', 1, 'critical')).life.severity).toBe('critical');
    expect(critical.see(held('critical')).life.severity).toBe('critical');
    expect(critical.see(held('warning')).life.severity).toBe('warning');
    expect(critical.see(held('critical')).life.severity).toBe('warning');
  });

  it('makes nothing worse than it ever was', () => {
    expect(open().see(entered('warning', 1, 'critical')).life.severity).toBe('warning');
    expect(open().see(held('critical')).life.severity).toBe('warning');
  });

  it('opens nothing that is not open', () => {
    expect(open().see(cleared).see(held('critical')).told).toEqual(['resolved', null, null]);
  });

  it('forgets how bad it was once it is resolved', () => {
    const again = story()
      .see(entered('critical'))
      .see(cleared)
      .see(entered('warning', 1, 'critical'));
    expect(again.life.severity).toBe('warning');
  });
});

describe('acknowledged with "grows"', () => {
  it('is quiet while it stays as it was', () => {
    const story = open().acknowledge('grows', 5);
    expect(story.told).toEqual(['acknowledged', 'acknowledged', 'changed: acknowledged']);
    for (const value of [5, 4, 5])
      expect(story.see(entered('warning', value)).told).toEqual(['acknowledged', null, null]);
  });

  it('wakes when its value gets worse than it was then, not worse than it was last', () => {
    const story = open().acknowledge('grows', 5).see(entered('warning', 3));
    expect(story.see(entered('warning', 4)).told[0]).toBe('acknowledged');
    expect(story.see(entered('warning', 6)).told).toEqual(['open', 'grew', 'changed: grew']);
    expect(story.life.acknowledgement).toBeNull();
  });

  it('wakes when it is more severe', () => {
    const story = open().acknowledge('grows', 5).see(entered('critical', 5));
    expect(story.told).toEqual(['open', 'grew', 'changed: grew']);
    expect(story.see(entered('critical', 5)).told).toEqual(['open', null, null]);
  });

  it('does not wake for the wobble of a gauge', () => {
    const story = new Story('FS_USED').see(entered('warning', 92)).acknowledge('grows', 92);
    expect(story.see(entered('warning', 92.6)).told[0]).toBe('acknowledged');
    expect(story.see(entered('warning', 93)).told[0]).toBe('open');
  });

  it('is resolved in silence, and wakes when it comes back', () => {
    const story = open().acknowledge('grows', 5).see(cleared);
    expect(story.told).toEqual(['resolved', 'cleared', null]);
    expect(story.see(entered('warning', 1)).told).toEqual(['open', 'reappeared', 'opened: reappeared']);
  });
});

describe('acknowledged with "reappears"', () => {
  it('is quiet for as long as it lasts, also when it grows', () => {
    const story = open().acknowledge('reappears', 1);
    expect(story.see(entered('critical', 99)).told).toEqual(['acknowledged', 'severity_rose', null]);
  });

  it('is resolved in silence, and wakes when it comes back', () => {
    const story = open().acknowledge('reappears').see(cleared);
    expect(story.told).toEqual(['resolved', 'cleared', null]);
    expect(story.see(entered()).told).toEqual(['open', 'reappeared', 'opened: reappeared']);
  });
});

describe('an acknowledgement', () => {
  it('that has expired ends with the next sight', () => {
    const story = open().acknowledge('reappears', 1, at(10));
    expect(story.see(entered(), { hour: 9 }).told[0]).toBe('acknowledged');
    expect(story.see(entered(), { hour: 10 }).told).toEqual(['open', 'expired', 'changed: expired']);
  });

  it('expires by our clock, however wrong the device’s is', () => {
    const story = open().acknowledge('reappears', 1, at(10));
    expect(story.see(entered(), { hour: 3, now: at(11) }).told[0]).toBe('open');
  });

  it('ends without a sight when its time is up, and not before', () => {
    const { life } = open().acknowledge('grows', 1, at(10));
    expect(expire(life, at(9.9), []).life).toBe(life);
    expect(new Story().took(expire(life, at(10), [])).told).toEqual(['open', 'expired', 'changed: expired']);
  });

  it('without an end, or that is over, does not expire', () => {
    const forever = open().acknowledge('grows').life;
    const over = open().acknowledge('grows', 1, at(10)).see(cleared).life;
    for (const life of [forever, over]) expect(expire(life, at(999), []).life).toBe(life);
  });

  it('that ends in a maintenance window is kept quiet, and speaks after it', () => {
    const { life } = open().acknowledge('grows', 1, at(10));
    const quiet = expire(life, at(10), ['mtw_1']);
    expect(quiet).toMatchObject({ news: null, muted: { type: 'changed', window: 'mtw_1' } });
    const story = open().took(quiet);
    expect(story.life).toMatchObject({ state: 'suppressed', suppressed_by: 'mtw_1' });
    expect(story.see(entered(), { hour: 20 }).told).toEqual(['open', 'maintenance_over', 'opened: maintenance_over']);
  });

  it('is renewed by another', () => {
    const story = open().acknowledge('grows', 1).acknowledge('grows', 7);
    expect(story.told).toEqual(['acknowledged', 'acknowledged', 'changed: acknowledged']);
    expect(story.see(entered('warning', 6)).told[0]).toBe('acknowledged');
  });

  it('is refused where there is nothing to know of', () => {
    expect(() => open().see(cleared).acknowledge('grows')).toThrow(
      expect.objectContaining({ code: 'finding-not-active' }),
    );
  });
});

describe('a false positive', () => {
  it('stays one whatever is seen; it only counts', () => {
    const story = open().refute();
    expect(story.told).toEqual(['false_positive', 'false_positive', 'changed: false_positive']);
    expect(story.see(entered('critical', 99)).told).toEqual(['false_positive', 'severity_rose', null]);
    expect(story.see(cleared).told).toEqual(['false_positive', null, null]);
    expect(story.see(entered()).told[0]).toBe('false_positive');
    expect(story.life.occurrences).toBe(3);
  });

  it('may be said of what is resolved, and said twice', () => {
    const story = open().see(cleared).refute();
    expect(story.told[0]).toBe('false_positive');
    expect(story.refute().told).toEqual(['false_positive', null, null]);
  });

  it('ends when a person acknowledges it, or resolves it: then it opens with the next sight', () => {
    expect(open().refute().acknowledge('grows').told[0]).toBe('acknowledged');
    const story = open().refute().resolve();
    expect(story.told).toEqual(['resolved', 'resolved', 'resolved: resolved']);
    expect(story.see(entered()).told).toEqual(['open', 'reappeared', 'opened: reappeared']);
  });
});

describe('resolved by a person', () => {
  it('and still seen: open again, and nobody is left in the belief that it is well', () => {
    const story = open().resolve();
    expect(story.told).toEqual(['resolved', 'resolved', 'resolved: resolved']);
    expect(story.see(entered()).told).toEqual(['open', 'reappeared', 'opened: reappeared']);
  });

  it('and clear: resolved, without another word', () => {
    expect(open().resolve().see(cleared).told).toEqual(['resolved', null, null]);
  });

  it('twice is resolved once', () => {
    expect(open().resolve().resolve().told).toEqual(['resolved', null, null]);
  });
});

describe('a sight that is older than what is known', () => {
  it('counts, and changes nothing else', () => {
    const { life } = open().see(entered('critical', 9), { hour: 50 });
    const late = count(life, at(-5), at(50));
    expect(late).toEqual({
      life: { ...life, occurrences: 3, first_seen: at(-5) },
      transition: null,
      news: null,
      muted: null,
    });
  });

  it('opens nothing that is resolved', () => {
    const { life } = open().see(cleared, { hour: 50 });
    expect(count(life, at(40), at(50)).life).toEqual({ ...life, occurrences: 2, last_seen: at(40) });
  });

  it('of what is not known makes a finding that is over', () => {
    const step = count(unborn('SMART_197', 'critical', at(1)), at(1), at(50));
    expect(step).toMatchObject({
      life: { state: 'resolved', occurrences: 1, resolved_at: at(50), first_seen: at(1) },
      transition: { from: null, reason: 'late' },
      news: null,
    });
  });
});

describe('fails_before_alert', () => {
  const patient = { failsBeforeAlert: 3 };

  it('opens the finding at once, and tells of it with the Nth sight in a row', () => {
    const story = new Story().see(entered(), patient);
    expect(story.told).toEqual(['open', 'seen', null]);
    expect(story.see(entered(), patient).told).toEqual(['open', null, null]);
    expect(story.see(entered(), patient).told).toEqual(['open', null, 'opened: seen']);
    expect(story.see(entered(), patient).told).toEqual(['open', null, null]);
  });

  it('counts from the beginning after it was clear, and tells of no end that had no beginning', () => {
    const story = new Story().see(entered(), patient).see(entered(), patient).see(cleared, patient);
    expect(story.told).toEqual(['resolved', 'cleared', null]);
    expect(story.see(entered(), patient).see(entered(), patient).told[2]).toBeNull();
    expect(story.see(entered(), patient).told[2]).toBe('opened: reappeared');
    expect(story.see(cleared, patient).told[2]).toBe('resolved: cleared');
  });

  it('is not reset, and not advanced, by a value that is merely held', () => {
    const story = new Story().see(entered(), patient).see(held('warning'), patient).see(entered(), patient);
    expect(story.told[2]).toBeNull();
    expect(story.see(entered(), patient).told[2]).toBe('opened: seen');
  });

  it('tells of no change of what was not told of', () => {
    const story = new Story().see(entered('warning'), patient).see(entered('critical'), patient);
    expect(story.told).toEqual(['open', 'severity_rose', null]);
  });
});

describe('flap damping', () => {
  /** Opens and resolves in turn, an hour apart. */
  const flap = (changes: number) => {
    const story = new Story();
    for (let change = 0; change < changes; change += 1) story.see(change % 2 === 0 ? entered() : cleared);
    return story;
  };

  it('tells of every change below the limit', () => {
    expect(flap(FLAP_CHANGES - 1).told).toEqual(['resolved', 'cleared', 'resolved: cleared']);
  });

  it('says once that it begins, and then mutes events, never the state', () => {
    const story = flap(FLAP_CHANGES);
    expect(story.told).toEqual(['open', 'reappeared', 'changed: flapping']);
    expect(story.life.flapping).toBe(true);
    expect(story.see(cleared).told).toEqual(['resolved', 'cleared', null]);
    expect(story.see(entered('critical')).told).toEqual(['open', 'reappeared', null]);
    expect(story.see(entered('warning')).told).toEqual(['open', 'severity_fell', null]);
  });

  it('ends after a day without a change; what then stands is told', () => {
    const story = flap(FLAP_CHANGES);
    expect(story.see(entered(), { hour: story.hour + 23 }).told).toEqual(['open', null, null]);
    expect(story.see(entered(), { hour: story.hour + 2 }).told).toEqual(['open', 'steady', 'opened: steady']);
    expect(story.life).toMatchObject({ flapping: false, changes: [] });
  });

  it('ends with a resolution that is still to be told', () => {
    const story = new Story().see(entered()).see(entered(), { hour: 100 });
    for (let change = 0; change < FLAP_CHANGES; change += 1) story.see(change % 2 === 0 ? cleared : entered());
    expect(story.told).toEqual(['resolved', 'cleared', 'changed: flapping']);
    expect(story.see(cleared, { hour: story.hour + 25 }).told).toEqual(['resolved', 'steady', 'resolved: steady']);
    expect(story.see(cleared).told).toEqual(['resolved', null, null]);
  });

  it('does not count changes of more than a day ago', () => {
    const story = new Story();
    for (let change = 0; change < 30; change += 1)
      story.see(change % 2 === 0 ? entered() : cleared, { hour: change * 7 });
    expect(story.life.flapping).toBe(false);
  });

  it('begins anew when a person acts, who is told again when it comes back', () => {
    const story = flap(FLAP_CHANGES).resolve();
    expect(story.life.flapping).toBe(false);
    expect(story.see(entered()).told).toEqual(['open', 'reappeared', 'opened: reappeared']);
  });

  it('does not count what fails_before_alert damps already, nor what happens in a window', () => {
    for (const telling of [{ failsBeforeAlert: 2 }, { windows: ['mtw_1'] }]) {
      const story = new Story();
      for (let change = 0; change < 20; change += 1) story.see(change % 2 === 0 ? entered() : cleared, telling);
      expect(story.life).toMatchObject({ flapping: false, changes: [] });
    }
  });
});

describe('a maintenance window', () => {
  const inside = { windows: ['mtw_1'] };

  it('suppresses what opens in it, and logs the event that nobody got, once', () => {
    const story = new Story().see(entered(), inside);
    expect(story.told).toEqual(['suppressed', 'maintenance', null]);
    expect(story.step.muted).toEqual({ type: 'opened', window: 'mtw_1' });
    expect(story.life.suppressed_by).toBe('mtw_1');
    expect(story.see(entered(), inside).step).toMatchObject({ transition: null, news: null, muted: null });
  });

  it('over, the next sight opens it: only if it is still bad', () => {
    const bad = new Story().see(entered(), inside).see(entered());
    expect(bad.told).toEqual(['open', 'maintenance_over', 'opened: maintenance_over']);
    expect(bad.life.suppressed_by).toBeNull();
    expect(new Story().see(entered(), inside).see(held('warning')).told).toEqual(['suppressed', null, null]);
    const well = new Story().see(entered(), inside).see(cleared);
    expect(well.told).toEqual(['resolved', 'cleared', null]);
    expect(well.step.muted).toBeNull();
  });

  it('logs also that it was resolved in it, and of both nobody ever hears', () => {
    const story = new Story().see(entered(), inside).see(cleared, inside);
    expect(story.told).toEqual(['resolved', 'cleared', null]);
    expect(story.step.muted).toEqual({ type: 'resolved', window: 'mtw_1' });
    expect(story.see(cleared).told).toEqual(['resolved', null, null]);
  });

  it('logs that what it keeps quiet became worse', () => {
    const story = new Story().see(entered('warning'), inside).see(entered('critical'), inside);
    expect(story.step.muted).toEqual({ type: 'changed', window: 'mtw_1' });
    expect(story.life.state).toBe('suppressed');
  });

  it('does not hide what was open before it; its end is told when the window is over', () => {
    const story = open().see(entered(), inside);
    expect(story.told).toEqual(['open', null, null]);
    expect(story.see(cleared, inside).told).toEqual(['resolved', 'cleared', null]);
    expect(story.step.muted).toEqual({ type: 'resolved', window: 'mtw_1' });
    expect(story.see(cleared, inside).step.muted).toBeNull();
    expect(story.see(cleared).told).toEqual(['resolved', null, 'resolved: maintenance_over']);
    expect(story.see(cleared).told).toEqual(['resolved', null, null]);
  });

  it('says nothing at all of what came and went in it', () => {
    const story = open().see(cleared, inside).see(entered(), inside);
    expect(story.told).toEqual(['open', 'reappeared', null]);
    expect(story.see(entered()).told).toEqual(['open', null, null]);
  });

  it('keeps a change of severity quiet, which is told after it if it still stands', () => {
    const story = open().see(entered('critical'), inside);
    expect(story.told).toEqual(['open', 'severity_rose', null]);
    expect(story.step.muted).toEqual({ type: 'changed', window: 'mtw_1' });
    expect(story.see(entered('critical'), inside).step.muted).toBeNull();
    expect(story.see(entered('critical')).told).toEqual(['open', null, 'changed: severity_rose']);
  });

  it('suppresses only once fails_before_alert would have told', () => {
    const patient = { ...inside, failsBeforeAlert: 2 };
    const story = new Story().see(entered(), patient);
    expect(story.told).toEqual(['open', 'seen', null]);
    expect(story.step.muted).toBeNull();
    expect(story.see(entered(), patient).told).toEqual(['suppressed', 'maintenance', null]);
    expect(story.step.muted).toEqual({ type: 'opened', window: 'mtw_1' });
  });

  it('quiets a known finding that grows, and tells of it afterwards', () => {
    const story = open().acknowledge('grows', 1).see(entered('warning', 9), inside);
    expect(story.told).toEqual(['suppressed', 'maintenance', null]);
    expect(story.step.muted).toEqual({ type: 'changed', window: 'mtw_1' });
    expect(story.see(entered('warning', 9)).told[2]).toBe('opened: maintenance_over');
  });

  it('logs in another window what the first no longer covers; not in one that merely overlaps', () => {
    const story = new Story().see(entered(), { windows: ['mtw_2'] }).see(entered(), { windows: ['mtw_1', 'mtw_2'] });
    expect(story.step.muted).toBeNull();
    story.see(entered(), inside);
    expect(story.step.muted).toMatchObject({ window: 'mtw_1' });
    expect(story.life.suppressed_by).toBe('mtw_1');
  });

  it('leaves what a person does alone', () => {
    const story = new Story().see(entered(), inside).acknowledge('grows', 1);
    expect(story.told).toEqual(['acknowledged', 'acknowledged', 'changed: acknowledged']);
    expect(story.life.suppressed_by).toBeNull();
  });
});
