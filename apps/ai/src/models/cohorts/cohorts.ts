import { fisherUpper, logFactorials } from './fisher.js';

/** A device with what it is and what was found on it. */
export interface DeviceFindings {
  device_id: string;
  /** `{model: 'X1', 'driver:nvidia': '551.2', build: '22631'}`; what is not known is left out. */
  attributes: Readonly<Record<string, string>>;
  /** Codes of its open findings. */
  codes: readonly string[];
}

/** Findings that devices of one kind have in common far more often than others. */
export interface Cohort {
  attribute: string;
  value: string;
  /** Found together on each of the devices. */
  codes: string[];
  devices: string[];
  /** How many devices are of the kind. */
  of: number;
  /** How much oftener than on the other devices; null where none of those has them. */
  lift: number | null;
  /** Of Fisher's exact test, times the number of tests made (Holm). */
  p_value: number;
}

/** Two devices are a coincidence that an operator can see by himself. */
export const MIN_DEVICES = 3;
/** One fleet incident in a hundred fleets by chance alone, whatever the number of tests. */
export const SIGNIFICANCE = 0.01;
/** Fewer of the kind than this share have it: something else is the cause. */
export const MIN_SHARE = 0.3;
/** Two codes are one set when the devices with either are mostly the same. */
const SAME_DEVICES = 0.8;
/** As many are told. */
export const MAX_COHORTS = 50;

interface Candidate {
  attribute: string;
  value: string;
  codes: string[];
  members: readonly DeviceFindings[];
  devices: DeviceFindings[];
  p: number;
}

/**
 * Fleet incidents: the same findings on several devices of one model, driver or build, and not as often on the others.
 * Every code is tested against every value (Fisher, one-sided), corrected for how many tests were made (Holm), and codes
 * that fall on the same devices are joined to one incident. Where two attributes say the same of the same devices (all
 * of a model have one build), the one with the lower probability is told. Most significant first.
 */
export function cohortsOf(fleet: readonly DeviceFindings[]): Cohort[] {
  const devices = [...new Map(fleet.map((device) => [device.device_id, device])).values()];
  const logs = logFactorials(devices.length);
  const withCode = countCodes(devices);
  const tests = kindsOf(devices).flatMap((kind) => testsOf(kind, withCode, devices.length, logs));
  const significant = holm(tests).filter(
    ({ p, devices: hit, members }) =>
      p <= SIGNIFICANCE && hit.length >= MIN_DEVICES && hit.length >= MIN_SHARE * members.length,
  );
  return withoutRestatements(joined(significant)).slice(0, MAX_COHORTS).map(cohortOf(devices));
}

interface Kind {
  attribute: string;
  value: string;
  members: DeviceFindings[];
}

function kindsOf(devices: readonly DeviceFindings[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const device of devices) {
    for (const [attribute, value] of Object.entries(device.attributes)) {
      const key = JSON.stringify([attribute, value]);
      const kind = kinds.get(key) ?? { attribute, value, members: [] };
      kinds.set(key, kind);
      kind.members.push(device);
    }
  }
  // A kind that all devices are of has none to be compared with.
  return [...kinds.values()].filter(({ members }) => members.length >= MIN_DEVICES && members.length < devices.length);
}

function countCodes(devices: readonly DeviceFindings[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { codes } of devices) for (const code of new Set(codes)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

function testsOf(
  { attribute, value, members }: Kind,
  withCode: ReadonlyMap<string, number>,
  all: number,
  logs: Float64Array,
): Candidate[] {
  const hits = new Map<string, DeviceFindings[]>();
  for (const device of members) {
    for (const code of new Set(device.codes)) {
      const known = hits.get(code);
      if (known) known.push(device);
      else hits.set(code, [device]);
    }
  }
  return [...hits].map(([code, devices]) => {
    const marked = withCode.get(code) ?? 0;
    const p = fisherUpper(devices.length, members.length, marked, all, logs);
    return { attribute, value, codes: [code], members, devices, p };
  });
}

/** Each probability times the tests not yet passed, never below the one before (Holm, 1979): it holds for any dependence. */
function holm(tests: readonly Candidate[]): Candidate[] {
  let highest = 0;
  return [...tests].sort(byProbability).map((test, i) => {
    highest = Math.max(highest, Math.min(1, test.p * (tests.length - i)));
    return { ...test, p: highest };
  });
}

/** Codes of one kind on mostly the same devices become one set, found on those that have all of it. */
function joined(candidates: readonly Candidate[]): Candidate[] {
  const sets: Candidate[] = [];
  for (const candidate of candidates) {
    const same = sets.find(
      ({ attribute, value, devices }) =>
        attribute === candidate.attribute &&
        value === candidate.value &&
        likeness(devices, candidate.devices) >= SAME_DEVICES,
    );
    if (!same) sets.push({ ...candidate });
    else {
      same.codes = [...same.codes, ...candidate.codes];
      same.devices = same.devices.filter((device) => candidate.devices.includes(device));
    }
  }
  return sets.filter(({ devices }) => devices.length >= MIN_DEVICES);
}

function withoutRestatements(sets: readonly Candidate[]): Candidate[] {
  const told: Candidate[] = [];
  for (const set of [...sets].sort(byProbability)) {
    const restates = told.some(
      ({ codes, devices }) =>
        codes.some((code) => set.codes.includes(code)) && likeness(devices, set.devices) >= SAME_DEVICES,
    );
    if (!restates) told.push(set);
  }
  return told;
}

/** Of the devices of either, the share of both. */
function likeness(a: readonly DeviceFindings[], b: readonly DeviceFindings[]): number {
  const first = new Set(a);
  const both = b.filter((device) => first.has(device)).length;
  return both / (a.length + b.length - both);
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byProbability = (a: Candidate, b: Candidate) =>
  a.p - b.p ||
  b.devices.length / b.members.length - a.devices.length / a.members.length ||
  byText(a.attribute, b.attribute) ||
  byText(a.value, b.value) ||
  byText(a.codes.join(), b.codes.join());

const cohortOf =
  (all: readonly DeviceFindings[]) =>
  ({ attribute, value, codes, members, devices, p }: Candidate): Cohort => {
    const kind = new Set(members);
    const others = all.filter((device) => !kind.has(device));
    const elsewhere = others.filter((device) => codes.every((code) => device.codes.includes(code))).length;
    return {
      attribute,
      value,
      codes: [...codes].sort(byText),
      devices: devices.map(({ device_id }) => device_id).sort(byText),
      of: members.length,
      lift: elsewhere === 0 ? null : devices.length / members.length / (elsewhere / others.length),
      p_value: p,
    };
  };
