import type { Balancer, Candidate, Place } from './balancer.js';
import { Turns } from './turns.js';

const RADIANS = Math.PI / 180;
/** Half the world away is 1. */
const FARTHER_THAN_ANYTHING = 2;

/**
 * The nearest: by great circle where both sides know their latitude and longitude, else those of this process's region
 * (as near as can be) before all others. Equally near ones take turns; so do all of them when this process has no
 * place, which makes it round robin. The next nearest serves while the nearest is not among the candidates.
 */
export class Geographic implements Balancer {
  private readonly turns = new Turns();
  private nearest = 0;
  private readonly weightOf = (candidate: Candidate) => (this.distanceTo(candidate) === this.nearest ? 1 : 0);

  constructor(private readonly here: Place) {}

  pick<C extends Candidate>(candidates: readonly C[]): C {
    this.nearest = Infinity;
    for (const candidate of candidates) this.nearest = Math.min(this.nearest, this.distanceTo(candidate));
    return this.turns.next(candidates, this.weightOf);
  }

  /** Grows with the distance, from 0 to 1: the haversine of the angle, which needs no root and no arc sine to compare. */
  private distanceTo({ region, lat, lon }: Place): number {
    const { here } = this;
    if (here.lat !== undefined && here.lon !== undefined && lat !== undefined && lon !== undefined)
      return (
        haversine(lat - here.lat) + Math.cos(here.lat * RADIANS) * Math.cos(lat * RADIANS) * haversine(lon - here.lon)
      );
    return here.region !== undefined && region === here.region ? 0 : FARTHER_THAN_ANYTHING;
  }
}

function haversine(degrees: number): number {
  const half = Math.sin((degrees * RADIANS) / 2);
  return half * half;
}
