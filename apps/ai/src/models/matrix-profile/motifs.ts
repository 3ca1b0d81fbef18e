import { exclusionOf, type MatrixProfile } from './profile.js';
import { distanceOf } from './windows.js';

/** A shape that comes again. */
export interface Motif {
  /** Where it begins, in rows, ascending; two or more. */
  starts: number[];
  length: number;
  /** Of its two most alike occurrences. */
  distance: number;
}

/** A subsequence unlike all others. */
export interface Discord {
  start: number;
  length: number;
  /** To the one most like it. */
  distance: number;
}

/** As many of each are told: past the first few every series has one. */
export const MAX_FOUND = 3;
/** An occurrence is at most so many times as far from the pair as the pair's two from each other (Mueen et al.). */
const RADIUS = 2;
/** As many occurrences of one motif are told. */
const MAX_OCCURRENCES = 50;

/** The pairs most alike, each with what else is like it; a flat line is no shape, so flat ones take no part. */
export function motifsOf(profile: MatrixProfile): Motif[] {
  const { windows, distances, neighbours } = profile;
  const zone = exclusionOf(windows.length);
  const free = (i: number, taken: readonly number[]) => taken.every((start) => Math.abs(start - i) > zone);
  const order = rank(profile, (a, b) => distances[a]! - distances[b]!);
  const taken: number[] = [];
  const motifs: Motif[] = [];
  for (const i of order) {
    if (motifs.length === MAX_FOUND) break;
    const j = neighbours[i]!;
    if (windows.norms[j] === 0 || !free(i, taken) || !free(j, taken)) continue;
    const distance = distances[i]!;
    const starts = [i, j];
    const alike = order
      .map((start) => ({ start, distance: distanceOf(windows, i, start) }))
      .filter((other) => other.distance <= RADIUS * distance)
      .sort((a, b) => a.distance - b.distance || a.start - b.start);
    for (const { start } of alike) {
      if (starts.length < MAX_OCCURRENCES && free(start, starts) && free(start, taken)) starts.push(start);
    }
    taken.push(...starts);
    motifs.push({ starts: starts.sort((a, b) => a - b), length: windows.length, distance });
  }
  return motifs;
}

/** The subsequences farthest from their nearest neighbour, a whole length apart from each other. */
export function discordsOf(profile: MatrixProfile): Discord[] {
  const { windows, distances } = profile;
  const discords: Discord[] = [];
  for (const start of rank(profile, (a, b) => distances[b]! - distances[a]!)) {
    if (discords.length === MAX_FOUND) break;
    if (discords.some((other) => Math.abs(other.start - start) < windows.length)) continue;
    discords.push({ start, length: windows.length, distance: distances[start]! });
  }
  return discords;
}

/** Those with a neighbour and a shape, in that order; equals by their place. */
function rank({ windows, distances }: MatrixProfile, by: (a: number, b: number) => number): number[] {
  const places: number[] = [];
  for (let i = 0; i < windows.count; i++) if (windows.norms[i]! > 0 && distances[i]! < Infinity) places.push(i);
  return places.sort((a, b) => by(a, b) || a - b);
}
