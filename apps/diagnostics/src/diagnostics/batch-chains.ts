/**
 * Which items of a batch are done one after the other, in their order: those that may be of one device. Items that have a
 * mark in common, directly or through others, are one chain; chains do not wait for each other.
 * @param marks of each item: whatever two items of one device could have in common
 */
export function chainsOf(marks: readonly (readonly string[])[]): number[][] {
  const leaders = marks.map((_own, index) => index);
  const leaderOf = (index: number): number => {
    const leader = leaders[index] ?? index;
    return leader === index ? index : leaderOf(leader);
  };
  const firstWith = new Map<string, number>();
  for (const [index, own] of marks.entries()) {
    for (const mark of own) {
      const first = firstWith.get(mark);
      if (first === undefined) firstWith.set(mark, index);
      else {
        const [one, other] = [leaderOf(first), leaderOf(index)];
        leaders[Math.max(one, other)] = Math.min(one, other);
      }
    }
  }
  const chains = new Map<number, number[]>();
  for (const index of marks.keys()) {
    const leader = leaderOf(index);
    const chain = chains.get(leader);
    if (chain) chain.push(index);
    else chains.set(leader, [index]);
  }
  return [...chains.values()];
}
