import { INSTANCES_PER_CHECK, keyOf } from '../assessment.js';
import type { CheckCode } from '../checks/checks.js';
import { weigh } from '../weight.js';
import type { Reading } from './reading.js';

/**
 * Readings of one section. Of a check with very many instances only those are kept that can be among the worst under any
 * policy, be it by the usual limits, by the limits that a device names, or by an override that replaces both.
 */
export class WorstReadings {
  private readonly few = new Map<CheckCode, Reading[]>();
  private readonly many = new Map<CheckCode, WorstOfCheck>();

  add(reading: Reading): void {
    const { code } = reading;
    const worst = this.many.get(code);
    if (worst) {
      worst.offer(reading);
      return;
    }
    const known = this.few.get(code);
    if (!known) this.few.set(code, [reading]);
    else if (known.push(reading) > INSTANCES_PER_CHECK) {
      this.many.set(code, new WorstOfCheck(known));
      this.few.delete(code);
    }
  }

  get readings(): Reading[] {
    return [...[...this.few.values()].flat(), ...[...this.many.values()].flatMap((worst) => worst.readings)];
  }

  /** Keys of those that were read and are not kept, because so many of the same check are worse. */
  get milder(): string[] {
    return [...this.many].flatMap(([code, worst]) => worst.milder.map((instance) => keyOf({ code, instance })));
  }
}

/** Of so many instances of a check it is known that they were read; a machine has fewer. */
const INSTANCES_NAMED = 1_000;

/** One of many readings of a check, weighed. */
interface Weighed {
  reading: Reading;
  instance: string;
  penalty: number;
  badness: number;
}

type Order = (a: Weighed, b: Weighed) => number;

const byInstance: Order = (a, b) => (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : 0);
const byPenalty: Order = (a, b) => b.penalty - a.penalty || b.badness - a.badness || byInstance(a, b);
const byBadness: Order = (a, b) => b.badness - a.badness || byInstance(a, b);

class WorstOfCheck {
  private readonly instances = new Set<string>();
  /** Under the same limits, and held back alike, the farthest weigh most, whatever the limits are. */
  private readonly farthest = new Map<number | undefined, Foremost>();
  private readonly farthestOfLimited = new Map<number | undefined, Foremost>();
  /** Where each has limits of its own, the heaviest need not be the farthest. */
  private readonly heaviestOfLimited = new Foremost(byPenalty);

  constructor(readings: readonly Reading[]) {
    for (const reading of readings) this.offer(reading);
  }

  offer(reading: Reading): void {
    const weight = weigh(reading);
    if (!weight) return;
    const { at_most, limits, instance = '' } = reading;
    if (this.instances.size < INSTANCES_NAMED) this.instances.add(instance);
    const weighed = { reading, instance, penalty: weight.penalty, badness: weight.badness };
    const byHold = limits ? this.farthestOfLimited : this.farthest;
    const alike = byHold.get(at_most) ?? new Foremost(byBadness);
    byHold.set(at_most, alike);
    alike.offer(weighed);
    if (limits) this.heaviestOfLimited.offer(weighed);
  }

  get readings(): Reading[] {
    const kept = [...this.farthest.values(), ...this.farthestOfLimited.values(), this.heaviestOfLimited];
    return [...new Set(kept.flatMap((foremost) => foremost.readings))];
  }

  get milder(): string[] {
    const kept = new Set(this.readings.map(({ instance = '' }) => instance));
    return [...this.instances].filter((instance) => !kept.has(instance));
  }
}

/** The first `INSTANCES_PER_CHECK` in an order, each instance once. */
class Foremost {
  private readonly sorted: Weighed[] = [];
  private readonly byInstance = new Map<string, Weighed>();

  constructor(private readonly order: Order) {}

  offer(weighed: Weighed): void {
    const { sorted, byInstance, order } = this;
    const last = sorted[INSTANCES_PER_CHECK - 1];
    if (last && order(weighed, last) >= 0) return;
    const known = byInstance.get(weighed.instance);
    if (known && order(weighed, known) >= 0) return;
    const displaced = known ?? last;
    if (displaced) {
      byInstance.delete(displaced.instance);
      sorted.splice(sorted.indexOf(displaced), 1);
    }
    const place = sorted.findIndex((each) => order(weighed, each) < 0);
    sorted.splice(place < 0 ? sorted.length : place, 0, weighed);
    byInstance.set(weighed.instance, weighed);
  }

  get readings(): Reading[] {
    return this.sorted.map(({ reading }) => reading);
  }
}
