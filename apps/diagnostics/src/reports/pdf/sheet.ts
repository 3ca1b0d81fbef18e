import PDFDocument from 'pdfkit';
import { drawable, faces, MISSING, type Face } from './faces.js';

export interface TextStyle {
  readonly face: Face;
  readonly size: number;
  readonly colour: string;
  /** Between base lines. */
  readonly leading: number;
}

/** What stands where: points from the upper left of the page. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface SheetInfo {
  readonly title: string;
  readonly language: string;
  /** The date of the document: nothing in the file says when it was made. */
  readonly at: Date;
}

type Element = PDFKit.PDFStructureElement;

const MARGIN = { side: 44, top: 46, bottom: 52 };

/** Pages of A4 that are filled from top to bottom; tagged, so that they can be read aloud and reflowed. */
export class Sheet {
  readonly left = MARGIN.side;
  readonly width: number;
  y = MARGIN.top;
  /** Whether something was drawn that the font does not have. */
  missing = false;
  private readonly doc: PDFKit.PDFDocument;
  private readonly bottom: number;
  private readonly open: Element[] = [];
  private readonly cleaned = new Map<string, string>();

  constructor({ title, language, at }: SheetInfo) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      // Without it Helvetica's metrics are read for nothing.
      font: '',
      pdfVersion: '1.7',
      tagged: true,
      lang: language,
      displayTitle: true,
      info: { Title: title, Author: 'TechZe', Creator: 'TechZe', CreationDate: at, ModDate: at },
    });
    const { body, strong } = faces();
    // pdfkit takes a font that fontkit has read already; its types do not say so.
    this.doc.registerFont('body', body as unknown as Buffer);
    this.doc.registerFont('strong', strong as unknown as Buffer);
    this.width = this.doc.page.width - 2 * MARGIN.side;
    this.bottom = this.doc.page.height - MARGIN.bottom;
    const root = this.doc.struct('Document');
    this.doc.addStructure(root);
    this.open.push(root);
  }

  /** Goes on to the next page where this one has no room for so much. A page that is empty has to do. */
  need(height: number): boolean {
    if (this.y + height <= this.bottom || this.y === MARGIN.top) return false;
    this.doc.addPage();
    this.y = MARGIN.top;
    return true;
  }

  /** How many lines of that height the page still takes; at least one, which `need` made room for. */
  roomFor(leading: number): number {
    return Math.max(1, Math.floor((this.bottom - this.y) / leading));
  }

  /** Everything drawn within belongs to one element of the document's structure. */
  within(tag: string, draw: () => void): void {
    const element = this.doc.struct(tag);
    this.parent.add(element);
    this.open.push(element);
    draw();
    this.open.pop();
    element.end();
  }

  /** One piece that is read aloud; `alt` where it is a picture. Stays on its page. */
  piece(tag: string, draw: () => void, alt?: string): void {
    const content = this.doc.markStructureContent(tag);
    draw();
    this.doc.endMarkedContent();
    const element = this.doc.struct(tag, alt === undefined ? {} : { alt }, [content]);
    this.parent.add(element);
  }

  /** What only pleases the eye. */
  decoration(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** Lines of at most that width; what has no space to break at is broken where it must be. */
  wrap(text: string, style: TextStyle, width: number): string[] {
    const lines: string[] = [];
    const space = this.widthOf(' ', style);
    for (const paragraph of text.split('\n').map((each) => this.clean(each))) {
      let line = '';
      let used = 0;
      for (const word of paragraph.split(' ').flatMap((each) => this.fitting(each, style, width))) {
        const length = this.widthOf(word, style);
        if (line !== '' && used + space + length > width) {
          lines.push(line);
          line = '';
          used = 0;
        }
        used += length + (line === '' ? 0 : space);
        line = line === '' ? word : `${line} ${word}`;
      }
      lines.push(line);
    }
    return lines;
  }

  widthOf(text: string, { face, size }: Pick<TextStyle, 'face' | 'size'>): number {
    return this.doc.font(face).fontSize(size).widthOfString(text);
  }

  /** Lines one below the other, the top of the first at `y`. */
  lines(lines: readonly string[], { x, y }: Place, style: TextStyle): void {
    const { face, size, colour, leading } = style;
    this.doc.font(face).fontSize(size).fillColor(colour);
    lines.forEach((line, row) => this.doc.text(this.clean(line), x, y + row * leading, { lineBreak: false }));
  }

  /** One line that ends at `x`. */
  lineUpTo(line: string, { x, y }: Place, style: TextStyle): void {
    this.lines([line], { x: x - this.widthOf(this.clean(line), style), y }, style);
  }

  /** One line of a drawing, its base line at `y`. */
  label(text: string, { x, y }: Place, style: TextStyle, anchor: 'start' | 'middle' | 'end'): void {
    const clean = this.clean(text);
    const back = { start: 0, middle: 0.5, end: 1 }[anchor] * this.widthOf(clean, style);
    this.doc
      .font(style.face)
      .fontSize(style.size)
      .fillColor(style.colour)
      .text(clean, x - back, y, { lineBreak: false, baseline: 'alphabetic' });
  }

  fill(path: string, colour: string): void {
    this.doc.path(path).fill(colour);
  }

  stroke(path: string, colour: string, width: number, dashed = false): void {
    this.doc.save();
    if (dashed) this.doc.dash(3, { space: 3 });
    this.doc.lineWidth(width).path(path).stroke(colour);
    this.doc.restore();
  }

  /** Draws in the units of a picture whose upper left corner is there. */
  scaled({ x, y }: Place, scale: number, draw: () => void): void {
    this.doc.save().translate(x, y).scale(scale);
    draw();
    this.doc.restore();
  }

  /** An entry of the reader's table of contents. */
  bookmark(title: string): void {
    this.doc.outline.addItem(title);
  }

  /** Writes at the foot of each page, and gives the file. */
  finish(
    foot: (page: number, pages: number) => readonly [left: string, right: string],
    style: TextStyle,
  ): Promise<Buffer> {
    const { start, count } = this.doc.bufferedPageRange();
    const y = this.bottom + 18;
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(start + page);
      const [left, right] = foot(page + 1, count);
      this.decoration(() => {
        this.lines([left], { x: this.left, y }, style);
        this.lineUpTo(right, { x: this.left + this.width, y }, style);
      });
    }
    this.open[0]?.end();
    const file = collect(this.doc);
    this.doc.end();
    return file;
  }

  private get parent(): Element {
    const element = this.open.at(-1);
    if (!element) throw new Error('a document without a root');
    return element;
  }

  /** Pieces of a word that fit; by the widths of single letters, so that a long one costs no more than its length. */
  private fitting(word: string, style: TextStyle, width: number): string[] {
    if (this.widthOf(word, style) <= width) return [word];
    const pieces = [''];
    let used = 0;
    for (const letter of word) {
      const more = this.widthOf(letter, style);
      if (used > 0 && used + more > width) {
        pieces.push('');
        used = 0;
      }
      pieces.push((pieces.pop() ?? '') + letter);
      used += more;
    }
    return pieces;
  }

  private clean(text: string): string {
    const known = this.cleaned.get(text);
    if (known !== undefined) return known;
    const clean = drawable(text);
    this.missing ||= clean.includes(MISSING);
    this.cleaned.set(text, clean);
    return clean;
  }
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
}
