import { ink, mutedInk, toneColours, toneTracks, type Tone } from './colours.js';
import { at, type Drawing } from './drawing.js';

const WIDTH = 170;
const HEIGHT = 112;
const CENTRE = { x: WIDTH / 2, y: 88 };
const RADIUS = 70;
const THICKNESS = 13;
/** From the lower left over the top to the lower right. */
const SWEEP_DEGREES = 200;

/** The bands beneath the hand (product.md, "Words"). */
const scale: readonly (readonly [from: number, to: number, tone: Tone])[] = [
  [0, 0.25, 'bad'],
  [0.25, 0.5, 'poor'],
  [0.5, 0.8, 'fair'],
  [0.8, 1, 'good'],
];

const unknownScale: typeof scale = [[0, 1, 'unknown']];

export interface GaugeWords {
  /** The number in the middle, or what stands for an unknown one. */
  readonly score: string;
  readonly below: string;
}

/** The score as the hand of a dial, 0 to 100; null leaves the dial empty. */
export function gaugeDrawing(score: number | null, tone: Tone, { score: figure, below }: GaugeWords): Drawing {
  const stroke = { strokeWidth: THICKNESS };
  return {
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...(score === null ? unknownScale : scale).map(([from, to, each]) => ({
        kind: 'path' as const,
        d: arc(from, to),
        stroke: toneTracks[each],
        ...stroke,
      })),
      // An arc of no length is not drawn by every reader.
      ...(score !== null && score > 0
        ? [{ kind: 'path' as const, d: arc(0, Math.min(1, score / 100)), stroke: toneColours[tone], ...stroke }]
        : []),
      {
        kind: 'text',
        x: CENTRE.x,
        y: CENTRE.y - 6,
        size: figure.length > 5 ? 26 : 34,
        anchor: 'middle',
        text: figure,
        colour: ink,
        strong: true,
      },
      { kind: 'text', x: CENTRE.x, y: CENTRE.y + 14, size: 11, anchor: 'middle', text: below, colour: mutedInk },
    ],
  };
}

function arc(from: number, to: number): string {
  const start = pointAt(from);
  const end = pointAt(to);
  const large = (to - from) * SWEEP_DEGREES > 180 ? 1 : 0;
  return `M${at(start.x)} ${at(start.y)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${at(end.x)} ${at(end.y)}`;
}

function pointAt(share: number): { x: number; y: number } {
  const degrees = 90 + (360 - SWEEP_DEGREES) / 2 + share * SWEEP_DEGREES;
  const radians = (degrees * Math.PI) / 180;
  return { x: CENTRE.x + RADIUS * Math.cos(radians), y: CENTRE.y + RADIUS * Math.sin(radians) };
}
