import { at, type Drawing, type Shape } from '../drawing/drawing.js';
import { markup, type Markup } from './markup.js';

/** A drawing as inline SVG. Attributes only: the page's policy refuses inline styles. */
export function renderDrawing({ width, height, shapes }: Drawing, label: string | null): Markup {
  const meaning = label === null ? markup`aria-hidden="true"` : markup`role="img" aria-label="${label}"`;
  const size = markup`width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return markup`<svg ${size} ${meaning}>${shapes.map(renderShape)}</svg>`;
}

function renderShape(shape: Shape): Markup {
  if (shape.kind === 'text') {
    const { x, y, size, anchor, colour, strong, text } = shape;
    const place = markup`x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"`;
    return markup`<text ${place} font-size="${size}" font-weight="${strong ? 700 : 400}" fill="${colour}">${text}</text>`;
  }
  const { d, fill, stroke, strokeWidth, dashed } = shape;
  const line = stroke === undefined ? null : markup` stroke="${stroke}" stroke-width="${strokeWidth ?? 1}"`;
  const dashes = dashed ? markup` stroke-dasharray="3 3"` : null;
  return markup`<path d="${d}" fill="${fill ?? 'none'}"${line}${dashes}/>`;
}
