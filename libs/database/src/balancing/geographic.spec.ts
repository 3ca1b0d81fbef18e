import fc from 'fast-check';
import type { Candidate, Place } from './balancer.js';
import { Geographic } from './geographic.js';

const node = (id: string, place: Place = {}): Candidate => ({ id, weight: 1, inUse: 0, ...place });

const SAO_PAULO = { lat: -23.55, lon: -46.63 };
const RECIFE = { lat: -8.05, lon: -34.9 };
const LISBON = { lat: 38.72, lon: -9.14 };
const VIRGINIA = { lat: 38.95, lon: -77.45 };
const FIJI = { lat: -17.7, lon: 178.1 };
const SAMOA = { lat: -13.8, lon: -171.8 };

function picks(balancer: Geographic, candidates: readonly Candidate[], times: number): string {
  return Array.from({ length: times }, () => balancer.pick(candidates).id).join(' ');
}

describe('geographic', () => {
  it('takes the nearest by great circle, and the next nearest while that one is gone', () => {
    const balancer = new Geographic(SAO_PAULO);
    const all = [node('lisbon', LISBON), node('virginia', VIRGINIA), node('recife', RECIFE), node('fiji', FIJI)];
    const order: string[] = [];
    for (let left = all; left.length > 0;) {
      const nearest = balancer.pick(left);
      expect(picks(balancer, left, 20)).toBe(Array.from({ length: 20 }, () => nearest.id).join(' '));
      order.push(nearest.id);
      left = left.filter((candidate) => candidate !== nearest);
    }
    expect(order).toEqual(['recife', 'virginia', 'lisbon', 'fiji']);
    expect(balancer.pick(all).id).toBe('recife');
  });

  it('knows that the world is round: across the date line, and over the pole', () => {
    expect(new Geographic(FIJI).pick([node('sao paulo', SAO_PAULO), node('samoa', SAMOA)]).id).toBe('samoa');
    const arctic = new Geographic({ lat: 85, lon: 0 });
    expect(arctic.pick([node('south', { lat: 70, lon: 0 }), node('beyond', { lat: 80, lon: 180 })]).id).toBe('south');
    expect(arctic.pick([node('south', { lat: 69, lon: 0 }), node('beyond', { lat: 80, lon: 180 })]).id).toBe('beyond');
  });

  it('takes nobody who is farther away than another, anywhere on earth', () => {
    const spot = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    fc.assert(
      fc.property(spot, fc.array(spot, { minLength: 1, maxLength: 8 }), (here, spots) => {
        const next = new Geographic(here).pick(spots.map((place, n) => node(`n${n}`, place))) as Candidate &
          typeof here;
        expect(angle(here, next)).toBeLessThanOrEqual(Math.min(...spots.map((there) => angle(here, there))) + 1e-6);
      }),
    );
  });

  it('lets those in one place take turns', () => {
    const candidates = [node('a', RECIFE), node('far', LISBON), node('b', RECIFE)];
    expect(picks(new Geographic(SAO_PAULO), candidates, 6)).toBe('a b a b a b');
  });

  it('goes by region where there are no coordinates: its own first, in turn, then all others, in turn', () => {
    const balancer = new Geographic({ region: 'sa-east' });
    const near = [node('a', { region: 'sa-east' }), node('b', { region: 'sa-east', ...LISBON })];
    const far = [node('c', { region: 'eu-west' }), node('d'), node('e', SAO_PAULO)];
    expect(picks(balancer, [...far, ...near], 4)).toBe('a b a b');
    expect(picks(balancer, far, 6)).toBe('c d e c d e');
  });

  it('goes by coordinates before regions where both sides have them', () => {
    const candidates = [node('far', { region: 'x', ...LISBON }), node('near', { region: 'y', ...RECIFE })];
    expect(picks(new Geographic({ region: 'x', ...SAO_PAULO }), candidates, 3)).toBe('near near near');
  });

  it('takes a known distance, however far, before a place that it cannot compare', () => {
    const candidates = [node('nowhere'), node('elsewhere', { region: 'eu-west' }), node('fiji', FIJI)];
    expect(picks(new Geographic({ region: 'sa-east', ...LISBON }), candidates, 2)).toBe('fiji fiji');
  });

  it('is round robin for a process that has no place', () => {
    const candidates = [node('a', RECIFE), node('b', { region: 'sa-east' }), node('c')];
    expect(picks(new Geographic({}), candidates, 6)).toBe('a b c a b c');
  });
});

/** The angle between two spots by their vectors: another way to it than the code's own. */
function angle(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const [[ax, ay, az], [bx, by, bz]] = [vector(a), vector(b)];
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return Math.atan2(cross, ax * bx + ay * by + az * bz);
}

function vector({ lat, lon }: { lat: number; lon: number }): [number, number, number] {
  const [north, east] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}
