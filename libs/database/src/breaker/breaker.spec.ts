import { Breaker, type BreakerState } from './breaker.js';

const options = { failures: 5, openMs: 60_000, rampStepMs: 5_000 };

/** A breaker, the hands of its clock, and what it told of itself. */
function setUp({ chance = 0 } = {}) {
  const told: BreakerState[] = [];
  let time = 1_000;
  const breaker = new Breaker(options, { now: () => time, random: () => chance }, (state) => told.push(state));
  const pass = (ms: number) => void (time += ms);
  const fail = (times: number) => repeat(times, () => breaker.failed());
  return { breaker, told, pass, fail, trip: () => fail(5) };
}

function repeat(times: number, act: () => void): void {
  for (let time = 0; time < times; time += 1) act();
}

function offered(breaker: Breaker, picks: number): boolean[] {
  return Array.from({ length: picks }, () => breaker.offers());
}

const shareOf = (offers: readonly boolean[]): number => offers.filter(Boolean).length / offers.length;

describe('a closed breaker', () => {
  it('gives the node all of its weight', () => {
    const { breaker } = setUp();
    expect([breaker.state, breaker.share, shareOf(offered(breaker, 100))]).toEqual(['closed', 1, 1]);
  });

  it('opens at the fifth failure in a row, not at the fourth', () => {
    const { breaker, fail, told } = setUp();
    fail(4);
    expect([breaker.state, told]).toEqual(['closed', []]);
    fail(1);
    expect([breaker.state, told]).toEqual(['open', ['open']]);
  });

  it('counts anew after a success', () => {
    const { breaker, fail } = setUp();
    fail(4);
    breaker.succeeded();
    fail(4);
    expect(breaker.state).toBe('closed');
    fail(1);
    expect(breaker.state).toBe('open');
  });

  it('does not forget failures because time passed', () => {
    const { breaker, fail, pass } = setUp();
    fail(4);
    pass(3_600_000);
    fail(1);
    expect(breaker.state).toBe('open');
  });
});

describe('an open breaker', () => {
  it('offers nothing until its time has passed, to the millisecond', () => {
    const { breaker, trip, pass } = setUp();
    trip();
    expect([breaker.share, shareOf(offered(breaker, 100))]).toEqual([0, 0]);
    pass(59_999);
    expect([breaker.state, breaker.offers()]).toEqual(['open', false]);
    pass(1);
    expect(breaker.state).toBe('half_open');
  });

  it('adds up to a twentieth by chance, so that a suite does not come back all at once', () => {
    const { breaker, trip, pass } = setUp({ chance: 0.999_999 });
    trip();
    pass(62_999);
    expect(breaker.state).toBe('open');
    pass(1);
    expect(breaker.state).toBe('half_open');
  });

  it('is neither prolonged by failures nor closed by successes that come late', () => {
    const { breaker, trip, fail, pass } = setUp();
    trip();
    pass(30_000);
    fail(20);
    breaker.succeeded();
    expect(breaker.state).toBe('open');
    pass(30_000);
    expect(breaker.state).toBe('half_open');
  });

  it('begins its way back at once when told to recover', () => {
    const { breaker, trip, told } = setUp();
    trip();
    breaker.recover();
    expect([breaker.share, told]).toEqual([0.1, ['open', 'half_open']]);
  });
});

describe('a half-open breaker', () => {
  function halfOpen() {
    const setting = setUp();
    setting.trip();
    setting.pass(60_000);
    // Its way back begins when somebody asks.
    expect(setting.breaker.state).toBe('half_open');
    const climb = () => {
      setting.breaker.succeeded();
      setting.pass(5_000);
    };
    return { ...setting, climb };
  }

  it('gives back 10, 25, 50 and 100 % of the weight', () => {
    const { breaker, climb, told } = halfOpen();
    const shares = [breaker.share];
    repeat(3, () => {
      climb();
      shares.push(breaker.share);
    });
    expect(shares).toEqual([0.1, 0.25, 0.5, 1]);
    expect(told).toEqual(['open', 'half_open', 'closed']);
  });

  it.each([
    [0, 0.1],
    [1, 0.25],
    [2, 0.5],
  ])('on step %d offers exactly its share of the picks, evenly, the first one among them', (steps, share) => {
    const { breaker, climb } = halfOpen();
    repeat(steps, climb);
    const offers = offered(breaker, 1_000);
    expect(shareOf(offers)).toBe(share);
    offers.forEach((offer, pick) => expect([pick, offer]).toEqual([pick, pick % (1 / share) === 0]));
  });

  it('takes no step by time alone', () => {
    const { breaker, pass } = halfOpen();
    pass(3_600_000);
    expect(breaker.share).toBe(0.1);
    breaker.succeeded();
    expect(breaker.share).toBe(0.25);
  });

  it('takes no step by success alone', () => {
    const { breaker, pass } = halfOpen();
    repeat(1_000, () => breaker.succeeded());
    pass(4_999);
    expect(breaker.share).toBe(0.1);
    pass(1);
    expect(breaker.share).toBe(0.25);
  });

  it('needs time and success on each step anew', () => {
    const { breaker, climb, pass } = halfOpen();
    climb();
    pass(60_000);
    expect(breaker.share).toBe(0.25);
  });

  it.each([0, 1, 2])('opens again at the first failure, also after %d steps, for all of its time', (steps) => {
    const { breaker, climb, fail, pass } = halfOpen();
    repeat(steps, climb);
    fail(1);
    expect([breaker.state, breaker.share]).toEqual(['open', 0]);
    pass(59_999);
    expect(breaker.state).toBe('open');
    pass(1);
    expect(breaker.share).toBe(0.1);
  });

  it('stays where it is when told to recover', () => {
    const { breaker, climb, told } = halfOpen();
    climb();
    breaker.recover();
    expect([breaker.share, told.at(-1)]).toEqual([0.25, 'half_open']);
  });
});

describe('a reset', () => {
  it('closes an open breaker at once, with no failure counted', () => {
    const { breaker, trip, fail, told } = setUp();
    trip();
    breaker.reset();
    expect([breaker.share, told]).toEqual([1, ['open', 'closed']]);
    fail(4);
    expect(breaker.state).toBe('closed');
  });

  it('closes a half-open breaker, and one that is closed is told nothing', () => {
    const { breaker, trip, told } = setUp();
    breaker.reset();
    trip();
    breaker.recover();
    breaker.reset();
    breaker.reset();
    expect(told).toEqual(['open', 'half_open', 'closed']);
  });
});
