import { brand, ink, mutedInk } from '../drawing/colours.js';
import type { TextStyle } from './sheet.js';

const style = (face: TextStyle['face'], size: number, colour = ink, leading = size * 1.42): TextStyle => ({
  face,
  size,
  colour,
  leading,
});

/** Between things that stand side by side. */
export const GAP = 8;

/** Every size of type on the page. */
export const styles = {
  eyebrow: style('strong', 8.5, brand),
  title: style('strong', 22, ink, 27),
  heading: style('strong', 13.5, ink, 18),
  subheading: style('strong', 10),
  body: style('body', 9.5),
  muted: style('body', 9.5, mutedInk),
  strong: style('strong', 9.5),
  verdict: style('strong', 12, ink, 16),
  label: style('body', 7.5, mutedInk, 10.5),
  small: style('body', 8, mutedInk, 11.5),
  badge: style('strong', 8, ink, 11),
} as const;

export function inColour(base: TextStyle, colour: string | undefined): TextStyle {
  return colour === undefined ? base : { ...base, colour };
}
