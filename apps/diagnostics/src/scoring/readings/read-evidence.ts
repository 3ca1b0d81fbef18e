import { Category, type Section } from '@techze/contracts';
import { checks } from '../checks/checks.js';
import type { Evidence } from '../evidence.js';
import { unobservedReason } from '../unobserved.js';
import { readSections } from './read-sections.js';

/** The newest shape of sections that is understood. */
export const KNOWN_SCHEMA_VERSION = 1;

/**
 * What the sections say. `now` is when they were collected. Pure, never throws, and the costly part of scoring: done
 * before any transaction.
 */
export function readEvidence(
  sections: Readonly<Record<string, Section>>,
  now: Date,
  { schemaVersion = KNOWN_SCHEMA_VERSION }: { schemaVersion?: number } = {},
): Evidence {
  if (schemaVersion > KNOWN_SCHEMA_VERSION) return fromTheFuture(sections, schemaVersion);
  const read = [...readSections(sections, now)];
  const readings = read.flatMap(([, section]) => section.readings);
  const observed = new Set<Category>();
  for (const { code } of readings) if (!checks[code].supporting) observed.add(checks[code].category);
  return {
    readings,
    milder: read.flatMap(([, { milder }]) => milder),
    notes: read.flatMap(([section, { note }]) => (note === null ? [] : [{ section, note }])),
    unobserved: new Map(
      Category.options.flatMap((name) => (observed.has(name) ? [] : [[name, unobservedReason(name, sections)]])),
    ),
    parts: new Map(read.flatMap(([, { parts }]) => [...parts])),
    measurements: read.flatMap(([, { measurements }]) => measurements),
  };
}

/** What cannot be understood must not be judged: it is kept as it came, and says so. */
function fromTheFuture(sections: Readonly<Record<string, Section>>, schemaVersion: number): Evidence {
  const note = `From schema ${schemaVersion}, which this version does not read: kept, not judged.`;
  return {
    readings: [],
    milder: [],
    notes: Object.keys(sections).map((section) => ({ section, note })),
    unobserved: new Map(Category.options.map((name) => [name, `schema ${schemaVersion} is not read by this version`])),
    parts: new Map(),
    measurements: [],
  };
}
