import { at, type Drawing, type Shape } from '../drawing/drawing.js';
import { html, type Markup } from './markup.js';

/** A drawing as inline SVG. Attributes only: the page's policy refuses inline styles. */
export function renderDrawing({ width, height, shapes }: Drawing, label: string | null): Markup {
  const meaning = label === null ? html` aria-hidden="true"` : html` role="img" aria-label="${label}"`;
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${meaning}>
    ${shapes.map(renderShape)}
  </svg>`;
}

function renderShape(shape: Shape): Markup {
  if (shape.kind === 'text') {
    const { x, y, size, anchor, colour, strong, text } = shape;
    const weight = strong ? html` font-weight="700"` : null;
    return html`<text x="${at(x)}" y="${at(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}" ${weight}
      >${text}</text
    >`;
  }
  const { d, fill, stroke, strokeWidth, dashed } = shape;
  const line = stroke === undefined ? null : html` stroke="${stroke}" stroke-width="${strokeWidth ?? 1}"`;
  const dashes = dashed ? html` stroke-dasharray="3 3"` : null;
  return html`<path d="${d}" fill="${fill ?? 'none'}" ${line}${dashes} />`;
}
