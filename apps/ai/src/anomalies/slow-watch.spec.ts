import { driftRows, DAY_MS, peerRows } from './slow-watch.js';

const days = Array.from({ length: 28 }, (_, day) => day * DAY_MS);
const daily = (metric: string, level: (day: number) => number) => ({
  ...{ metric, instance: '', days },
  levels: days.map((_, day) => level(day)),
});
const wobble = (day: number) => 0.3 * Math.sin(day * day);

describe('drift', () => {
  it('is a row for each series: with from where to where it crept, or that it does not', () => {
    const [up, down, still] = driftRows(
      [
        daily('cpu.temperature', (day) => 45 + day + wobble(day)),
        daily('disk.temperature', (day) => 60 - day + wobble(day)),
        daily('net.latency_ms', (day) => 20 + wobble(day)),
      ],
      99,
    ).map(({ row }) => row);
    expect(up).toMatchObject({ detector: 'drift', kind: 'drift', at: 99, side: 1 });
    expect(up!.score).toBeGreaterThanOrEqual(0.5);
    expect(up!.size).toBeCloseTo(up!.value! - up!.expected!.low, 9);
    expect(up!.expected!.low).toBe(up!.expected!.high);
    expect(down).toMatchObject({ side: -1 });
    expect(down!.size).toBeGreaterThan(5);
    expect(still!.score).toBe(0);
  });

  it('that comes to less than anybody would look at is none, however sure', () => {
    const [row] = driftRows([daily('cpu.temperature', (day) => 45 + 0.05 * day + wobble(day) / 100)], 0);
    expect(row!.row.score).toBe(0);
  });
});

describe('unlike its peers', () => {
  const peers = new Map([
    ['cpu.temperature', Array.from({ length: 12 }, (_, peer) => 45 + wobble(peer))],
    ['cpu.load', Array.from({ length: 12 }, (_, peer) => 20 + wobble(peer))],
  ]);
  const sample = (metric: string, value: number) => ({ metric, instance: '', value });
  const rowOf = (value: number) => peerRows([sample('cpu.temperature', value)], peers, 99)[0]!.row;

  it('is what lies far from them, on the side where it lies, with what was expected', () => {
    const hot = rowOf(90);
    expect(hot).toMatchObject({ detector: 'peers', kind: 'cohort_outlier', at: 99, value: 90, side: 1 });
    expect(hot.score).toBeGreaterThanOrEqual(0.95);
    expect(hot.size).toBeCloseTo(45, 0);
    expect(hot.expected!.high).toBeLessThan(90);
    expect(rowOf(0).side).toBe(-1);
  });

  it('is not what lies among them, or off by less than anybody would look at', () => {
    expect(rowOf(45).score).toBe(0);
    expect(rowOf(48).score).toBe(0);
  });

  it('is said of what is judged from afar alone, and of nothing that has no peers', () => {
    const rows = peerRows([sample('cpu.load', 99), sample('net.latency_ms', 900)], peers, 0);
    expect(rows).toEqual([]);
  });
});
