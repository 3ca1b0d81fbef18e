import type { Drawing, Shape } from '../drawing/drawing.js';
import type { Place, Sheet } from './sheet.js';

/** The drawing that HTML shows as SVG, path for path. */
export function drawDrawing(sheet: Sheet, { shapes }: Drawing, place: Place, scale: number): void {
  sheet.scaled(place, scale, () => {
    for (const shape of shapes) drawShape(sheet, shape);
  });
}

function drawShape(sheet: Sheet, shape: Shape): void {
  if (shape.kind === 'text') {
    const { text, x, y, size, colour, strong, anchor } = shape;
    sheet.label(text, { x, y }, { face: strong ? 'strong' : 'body', size, colour, leading: size }, anchor);
    return;
  }
  const { d, fill, stroke, strokeWidth = 1, dashed } = shape;
  if (fill !== undefined) sheet.fill(d, fill);
  if (stroke !== undefined) sheet.stroke(d, stroke, strokeWidth, dashed);
}
