import fc from 'fast-check';
import { MAX_FRAME_BYTES, MAX_FRAME_REQUESTS } from './envelope.js';
import { cutFrames, frameCap } from './frame-cutter.js';

describe('cutting frames', () => {
  test('every live replica gets a share, and no frame more than sixteen', () => {
    expect(frameCap(1, 3)).toBe(1);
    expect(frameCap(6, 3)).toBe(2);
    expect(frameCap(64, 1)).toBe(MAX_FRAME_REQUESTS);
    expect(frameCap(64, 3)).toBe(MAX_FRAME_REQUESTS);
    expect(frameCap(5, 0)).toBe(5);
  });

  test('all requests travel, once and in order, in frames within both limits', () => {
    const wires = fc.array(fc.oneof(fc.string(), fc.constant('x'.repeat(400_000)), fc.constant('é'.repeat(700_000))));
    fc.assert(
      fc.property(wires, fc.integer({ min: 1, max: 16 }), (texts, cap) => {
        const queued = texts.map((wire) => ({ wire }));
        const frames = cutFrames(queued, cap);
        expect(frames.flat()).toEqual(queued);
        for (const frame of frames) {
          expect(frame.length).toBeLessThanOrEqual(cap);
          const bytes = frame.reduce((sum, { wire }) => sum + Buffer.byteLength(wire), 0);
          expect(frame.length === 1 || bytes <= MAX_FRAME_BYTES).toBe(true);
        }
      }),
    );
  });
});
