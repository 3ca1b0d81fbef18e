import { median } from './median.js';
import { normalOfT, tailOf, tOfNormal } from './student.js';

/** Below this many peers nothing is said: their spread is anybody's guess. */
const LEAST_PEERS = 5;

/** Of what is reported, one in twenty may be chance (Benjamini and Hochberg 1995). */
const FALSE_DISCOVERY_RATE = 0.05;

/** The expected range holds 99 of 100 devices that are like the peers. */
const RANGE_NORMAL = 2.576;

/**
 * What makes the median absolute deviation of n normal values as large as their standard deviation, beyond the factor
 * for many (Croux and Rousseeuw 1992, by simulation), from n = 5.
 */
const FEW_PEERS = [1.206, 1.2, 1.14, 1.129, 1.107] as const;
const MAD_TO_SIGMA = 1.4826;

/** The same for the mean absolute deviation, which stands in when more than half of the peers agree. */
const MEAN_DEVIATION_TO_SIGMA = 1.2533;

/** The MAD of normal values knows as much as a standard deviation of 37 % as many. */
const EFFICIENCY = 0.37;

/** The median of n values varies by this over the root of n, in standard deviations. */
const MEDIAN_VARIANCE = Math.PI / 2;

export interface PeerVerdict {
  /** Where 99 of 100 devices like these would lie. */
  readonly expected: { readonly low: number; readonly high: number };
  readonly median: number;
  readonly peers: number;
  /** Share of the peers that lie at least as far out, on the same side. */
  readonly share: number;
  /** Chance that a device like its peers lies as far out. */
  readonly p_value: number;
}

export interface CohortTest {
  readonly value: number;
  /** Values of the same metric of other devices of the same model and system; the device's own is not among them. */
  readonly peers: Float64Array;
}

export interface CohortOutlier extends PeerVerdict {
  /** Of the test, in the order given. */
  readonly index: number;
  /** The least false-discovery rate at which it is reported. */
  readonly q_value: number;
  /** 1 − q: 0.95 or more. */
  readonly score: number;
}

function spreadOf(sortedDeviations: Float64Array): number {
  const n = sortedDeviations.length;
  const mad = median(sortedDeviations);
  if (mad > 0) return mad * MAD_TO_SIGMA * (FEW_PEERS[n - LEAST_PEERS] ?? n / (n - 0.8));
  return (sortedDeviations.reduce((sum, deviation) => sum + deviation, 0) / n) * MEAN_DEVIATION_TO_SIGMA;
}

/** A value against its peers'; null below five of them. NaN among the peers is no peer. */
export function againstPeers(value: number, peers: Float64Array): PeerVerdict | null {
  const known = peers.filter((peer) => !Number.isNaN(peer)).sort();
  const n = known.length;
  if (n < LEAST_PEERS || Number.isNaN(value)) return null;

  const middle = median(known);
  const deviations = known.map((peer) => Math.abs(peer - middle)).sort();
  const off = Math.abs(value - middle);
  const isBeyond = (peer: number) => (value < middle ? peer <= value : peer >= value);
  const beyond = off === 0 ? n : known.filter(isBeyond).length;
  const spread = spreadOf(deviations) * Math.sqrt(1 + MEDIAN_VARIANCE / n);
  const freedom = EFFICIENCY * (n - 1);
  const reach = spread * tOfNormal(RANGE_NORMAL, freedom);
  // Among peers that all agree, what differs may be the first of many: no less likely than one in n + 1.
  const chance = spread > 0 ? tailOf(normalOfT(off / spread, freedom)) : off > 0 ? 1 / (n + 1) : 1;
  return {
    expected: { low: middle - reach, high: middle + reach },
    median: middle,
    peers: n,
    share: beyond / n,
    // Where peers lie as far out it is not rare, whatever the shape of their distribution.
    p_value: Math.min(1, Math.max(chance, beyond / (n + 1))),
  };
}

/**
 * Which of many devices and metrics stand out, given that many were looked at: a thousand tests at one percent would
 * report ten devices with nothing wrong.
 */
export function cohortOutliers(tests: readonly CohortTest[]): CohortOutlier[] {
  const judged = tests
    .map(({ value, peers }, index) => ({ index, verdict: againstPeers(value, peers) }))
    .filter((one): one is { index: number; verdict: PeerVerdict } => one.verdict !== null)
    .sort((one, other) => one.verdict.p_value - other.verdict.p_value);
  const found: CohortOutlier[] = [];
  let least = 1;
  for (let rank = judged.length; rank > 0; rank -= 1) {
    const { index, verdict } = judged[rank - 1]!;
    least = Math.min(least, (verdict.p_value * judged.length) / rank);
    if (least <= FALSE_DISCOVERY_RATE) found.push({ ...verdict, index, q_value: least, score: 1 - least });
  }
  return found.reverse();
}
