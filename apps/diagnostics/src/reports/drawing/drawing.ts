/** One filled or stroked outline; `d` in the words of SVG, which pdfkit reads as well. */
export interface PathShape {
  readonly kind: 'path';
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  readonly dashed?: true;
}

/** A line of text; `y` is its base line, `anchor` what of it stands at `x`. */
export interface TextShape {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly text: string;
  readonly colour: string;
  readonly strong?: true;
}

export type Shape = PathShape | TextShape;

/** A picture in its own units, drawn alike on a page of HTML and on one of PDF. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** Coordinates to a hundredth: the same on every machine, and short. */
export function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A rectangle with round ends, as bars are; never wider at its corners than it is long. */
export function roundedBar(x: number, y: number, width: number, height: number): string {
  const radius = Math.min(height / 2, width / 2);
  const [left, right] = [x + radius, x + width - radius];
  const arc = (toX: number, toY: number) => `A${at(radius)} ${at(height / 2)} 0 0 1 ${at(toX)} ${at(toY)}`;
  return `M${at(left)} ${at(y)}H${at(right)}${arc(right, y + height)}H${at(left)}${arc(left, y)}Z`;
}

/** A full circle. */
export function disc(x: number, y: number, radius: number): string {
  const half = (toX: number) => `A${at(radius)} ${at(radius)} 0 1 1 ${at(toX)} ${at(y)}`;
  return `M${at(x - radius)} ${at(y)}${half(x + radius)}${half(x - radius)}Z`;
}
