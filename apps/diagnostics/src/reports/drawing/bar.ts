import { toneColours, track, type Tone } from './colours.js';
import { roundedBar, type Drawing } from './drawing.js';

const WIDTH = 220;
const HEIGHT = 9;

/** How much of a whole, 0 to 1; null is unknown, and drawn as such: an empty track, dashed. */
export function barDrawing(share: number | null, tone: Tone): Drawing {
  const whole = roundedBar(0.5, 0.5, WIDTH - 1, HEIGHT - 1);
  if (share === null) {
    const stroke = toneColours.unknown;
    return {
      width: WIDTH,
      height: HEIGHT,
      shapes: [{ kind: 'path', d: whole, stroke, strokeWidth: 0.75, dashed: true }],
    };
  }
  const filled = Math.min(1, Math.max(0, share)) * (WIDTH - 1);
  return {
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      { kind: 'path', d: whole, fill: track },
      // A bar that is there at all is at least a dot.
      ...(filled > 0
        ? [
            {
              kind: 'path' as const,
              d: roundedBar(0.5, 0.5, Math.max(filled, HEIGHT - 1), HEIGHT - 1),
              fill: toneColours[tone],
            },
          ]
        : []),
    ],
  };
}
