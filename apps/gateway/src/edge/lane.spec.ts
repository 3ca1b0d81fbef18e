import { Lane, LOOK_MS } from './lane.js';

/** A service that works on `places` requests at a time, each for `workMs`, behind a lane, in simulated time. */
class Simulation {
  readonly lane = new Lane();
  /** When those under way will be done, in the order of their arrival. */
  private readonly ends: number[] = [];
  private now = 0;
  admitted = 0;
  refused = 0;
  done = 0;
  longestMs = 0;

  constructor(
    private readonly places: number,
    private workMs: number,
  ) {}

  get underWay(): number {
    return this.ends.length;
  }

  /** From here on nothing that comes in is worked on. */
  hang(): void {
    this.workMs = Infinity;
  }

  /** So many requests at once. */
  arrive(count: number): void {
    for (let index = 0; index < count; index += 1) {
      if (!this.lane.hasRoom) {
        this.refused += 1;
        continue;
      }
      this.lane.enter();
      this.admitted += 1;
      const free = this.ends.length < this.places ? this.now : (this.ends.at(-this.places) ?? this.now);
      const end = Math.max(this.now, free) + this.workMs;
      this.longestMs = Math.max(this.longestMs, end - this.now);
      this.ends.push(end);
    }
  }

  /** Lets time pass, with so many requests a second, evenly. */
  run(seconds: number, perSecond: number): void {
    let due = 0;
    for (let ms = 0; ms < seconds * 1_000; ms += 1) {
      this.now += 1;
      while ((this.ends[0] ?? Infinity) <= this.now) {
        this.ends.shift();
        this.done += 1;
        this.lane.leave(true);
      }
      due += perSecond / 1_000;
      this.arrive(Math.floor(due));
      due -= Math.floor(due);
      if (this.now % LOOK_MS === 0) this.lane.look();
    }
  }

  reset(): void {
    this.admitted = this.refused = this.done = this.longestMs = 0;
  }
}

describe('a lane', () => {
  it.each([
    ['a slow one', 4, 20],
    ['one at a time', 1, 4],
    ['a quick and wide one', 32, 10],
  ])('at three times its load has all of its goodput, and a queue of a second: %s', (_case, places, workMs) => {
    const service = new Simulation(places, workMs);
    const peak = (places / workMs) * 1_000;
    service.run(5, 3 * peak);
    service.reset();
    service.run(10, 3 * peak);
    expect(service.done).toBeGreaterThanOrEqual(0.99 * 10 * peak);
    expect(service.refused).toBeGreaterThan(1.9 * 10 * peak);
    expect(service.longestMs).toBeLessThan(1_300);
  });

  it('refuses nobody at nine tenths of its load', () => {
    const service = new Simulation(4, 20);
    service.run(20, 180);
    expect(service.refused).toBe(0);
  });

  it('takes in a burst of a thousand, and lets others in again once it is worked off', () => {
    const service = new Simulation(4, 20);
    service.run(2, 20);
    service.arrive(1_000);
    expect(service.refused).toBe(0);
    service.run(6, 20);
    service.reset();
    service.run(2, 100);
    expect(service.refused).toBe(0);
  });

  it('of a service that hangs keeps some of those that come, not more each second', () => {
    const service = new Simulation(4, 20);
    service.run(2, 100);
    service.hang();
    service.run(3, 100);
    const held = service.underWay;
    service.run(20, 100);
    expect(service.underWay).toBe(held);
    expect(held).toBeLessThan(300);
  });

  it('has an end', () => {
    const lane = new Lane();
    for (let index = 0; index < 1_024; index += 1) lane.enter();
    expect(lane.hasRoom).toBe(false);
    lane.leave(true);
    expect(lane.hasRoom).toBe(true);
  });

  it('learns no pace from what was refused without any work', () => {
    const lane = new Lane();
    for (let look = 0; look < 50; look += 1) {
      for (let index = 0; index < 5_000; index += 1) {
        lane.enter();
        lane.leave(false);
      }
      lane.look();
    }
    for (let index = 0; index < 200; index += 1) lane.enter();
    for (let look = 0; look < 10; look += 1) lane.look();
    expect(lane.hasRoom).toBe(false);
  });
});
