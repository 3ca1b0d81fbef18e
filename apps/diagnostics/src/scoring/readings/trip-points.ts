import type { Levels } from '../checks/check.js';
import { objectsOf, own, type Json } from './values.js';

/** Said as the source of such limits. */
export const OWN_LIMITS = 'The limits that the device itself names';

/** °C between a finding and the point where it leaves, and between critical and as bad as it gets. */
const STEP = 10;

/** Trip points outside of this are a driver's placeholder (0, 255, 65,261 °C), not a limit. °C. */
const PLAUSIBLE = [50, 130] as const;

const plausible = (celsius: unknown): celsius is number =>
  typeof celsius === 'number' && celsius >= PLAUSIBLE[0] && celsius <= PLAUSIBLE[1];

/**
 * Limits in °C from the points at which the device itself acts. Only a critical point makes limits: drivers fill in a
 * high point where the maker named none. A warning that is missing, or not below critical, is put 10 ° below it.
 */
export function limitsOf(warning: unknown, critical: unknown): Levels | undefined {
  if (!plausible(critical)) return undefined;
  const lower = plausible(warning) && warning < critical ? warning : critical - STEP;
  return { leave: lower - STEP, warning: lower, critical_leave: lower, critical, fail: critical + STEP };
}

/** Checkmk lnx_thermal: passive (or high, in Linux words max) warns; the lower of hot and critical is critical. */
export function limitsOfSensor(sensor: Json): Levels | undefined {
  const ends = [own(sensor, 'hot'), own(sensor, 'critical')].filter(plausible);
  const passive = own(sensor, 'passive');
  const warning = [passive, own(sensor, 'high'), own(sensor, 'max')].find(plausible);
  if (ends.length > 0) return limitsOf(warning, Math.min(...ends));
  // Where the device begins to slow itself down is its own word too; how far it may go, it does not say.
  return plausible(passive) ? limitsOf(passive, passive + STEP) : undefined;
}

/** A firmware zone: `trip_points[]` of `{type: passive|hot|critical|active, temperature}`. */
export function limitsOfZone(zone: Json): Levels | undefined {
  const points: Json = {};
  for (const point of objectsOf(zone, 'trip_points')) {
    const [type, temperature] = [own(point, 'type'), own(point, 'temperature')];
    if ((type === 'passive' || type === 'hot' || type === 'critical') && plausible(temperature)) {
      const known = points[type];
      points[type] = typeof known === 'number' ? Math.min(known, temperature) : temperature;
    }
  }
  return limitsOfSensor(points);
}
