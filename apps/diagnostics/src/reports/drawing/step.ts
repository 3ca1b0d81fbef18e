import { mutedInk, toneColours, type Tone } from './colours.js';
import type { Drawing } from './drawing.js';

const WIDTH = 110;
const HEIGHT = 112;

/** Stands between two gauges: an arrow and what lies between them. */
export function stepDrawing(change: string, below: string, tone: Tone): Drawing {
  const colour = toneColours[tone];
  const middle = WIDTH / 2;
  return {
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      { kind: 'path', d: `M${middle - 34} 40H${middle + 22}`, stroke: colour, strokeWidth: 3 },
      { kind: 'path', d: `M${middle + 20} 31L${middle + 36} 40L${middle + 20} 49Z`, fill: colour },
      { kind: 'text', x: middle, y: 76, size: 20, anchor: 'middle', text: change, colour, strong: true },
      { kind: 'text', x: middle, y: 92, size: 10, anchor: 'middle', text: below, colour: mutedInk },
    ],
  };
}
