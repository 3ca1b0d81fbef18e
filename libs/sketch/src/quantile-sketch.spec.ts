import fc from 'fast-check';
import { QuantileSketch, RELATIVE_ERROR } from './quantile-sketch.js';

const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 });

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

describe('a quantile sketch', () => {
  it('is off by no more than one percent of the value at that rank', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((one, other) => one - other);
        const rank = q * (values.length - 1);
        const between = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
        const found = sketchOf(values).quantile(q)!;
        const isNear = (value: number) =>
          Math.abs(found - value) <= Math.abs(value) * RELATIVE_ERROR * 1.000_001 + 1e-300;
        expect(between.some(isNear)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('of parts that are merged, in any order, is the sketch of the whole', () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 6 }), (parts) => {
        const whole = sketchOf(parts.flat());
        for (const order of [parts, parts.toReversed()]) {
          const merged = new QuantileSketch();
          for (const part of order) merged.merge(QuantileSketch.fromBytes(sketchOf(part).toBytes()));
          expect(merged.toBytes()).toEqual(whole.toBytes());
          expect(merged.count).toBe(whole.count);
          for (const q of [0, 0.5, 0.95, 1]) expect(merged.quantile(q)).toBe(whole.quantile(q));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves what was merged into another as it was', () => {
    const [one, other] = [sketchOf([1, 2]), sketchOf([3])];
    one.merge(other);
    one.add(4);
    expect(other.toBytes()).toEqual(sketchOf([3]).toBytes());
  });

  it('is small: four bytes for nothing at all, eight for a value, some hundred for a minute of a busy route', () => {
    expect(new QuantileSketch().toBytes()).toHaveLength(4);
    expect(sketchOf([12.5]).toBytes().length).toBeLessThanOrEqual(8);
    const busy = Array.from({ length: 10_000 }, (_, index) => 1 + (index % 500));
    expect(sketchOf(busy).toBytes().length).toBeLessThan(1_000);
  });

  it('of nothing has no quantile', () => {
    expect(new QuantileSketch().quantile(0.5)).toBeUndefined();
  });

  it.each([NaN, Infinity, -Infinity])('takes no %s', (value) => {
    expect(() => new QuantileSketch().add(value)).toThrow(RangeError);
  });

  it('is read from its own bytes only', () => {
    const bytes = sketchOf([-3, 0, 5, 500]).toBytes();
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => QuantileSketch.fromBytes(bytes.slice(0, length))).toThrow();
    expect(() => QuantileSketch.fromBytes(Uint8Array.of(...bytes, 0))).toThrow();
    expect(() => QuantileSketch.fromBytes(Uint8Array.of(2, ...bytes.slice(1)))).toThrow();
    // One bin, a million keys away.
    expect(() => QuantileSketch.fromBytes(Uint8Array.of(1, 0, 1, 0x80, 0x89, 0x7a, 1, 0))).toThrow(
      'a bin of no number',
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        try {
          QuantileSketch.fromBytes(noise);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
