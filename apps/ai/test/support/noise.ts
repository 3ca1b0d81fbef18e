export interface Noise {
  /** In [0, 1). */
  uniform(): number;
  /** Of mean 0 and deviation 1. */
  normal(): number;
}

/** Noise that is the same for the same seed on every machine (mulberry32; Box and Muller). */
export function noise(seed: number): Noise {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}
