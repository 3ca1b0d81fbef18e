import { inflateSync } from 'node:zlib';

/** A PDF as a reader sees it: as much of the format as pdfkit writes. */
export class PdfReader {
  private readonly objects = new Map<string, { head: string; stream: string | null }>();

  constructor(private readonly file: Buffer) {
    const text = file.toString('latin1');
    for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
      const [, number = '', body = ''] = match;
      const begin = body.indexOf('stream\n');
      if (begin < 0) this.objects.set(number, { head: body, stream: null });
      else {
        const bytes = Buffer.from(body.slice(begin + 'stream\n'.length, body.lastIndexOf('\nendstream')), 'latin1');
        const head = body.slice(0, begin);
        const plain = head.includes('/FlateDecode') ? inflateSync(bytes) : bytes;
        this.objects.set(number, { head, stream: plain.toString('latin1') });
      }
    }
  }

  /** All that is not a stream, one object a line: the structure, the names, the actions. */
  get structure(): string {
    return [...this.objects.values()].map(({ head }) => head).join('\n');
  }

  get trailer(): string {
    return this.file.toString('latin1').split('\ntrailer\n').at(-1) ?? '';
  }

  /** The text of each page, a line a piece, as it would be copied or read aloud. */
  get pages(): string[] {
    return [...this.objects.values()]
      .filter(({ head }) => /\/Type \/Page\n/.test(head))
      .map(({ head }) => this.textOf(head));
  }

  get text(): string {
    return this.pages.join('\n');
  }

  private textOf(page: string): string {
    const fonts = this.fontsOf(page);
    const content = this.streamOf(/\/Contents (\d+) 0 R/.exec(page)?.[1]);
    let font = new Map<string, string>();
    const lines: string[] = [];
    for (const [, name, pieces] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? new Map();
      const glyphs = [...(pieces ?? '').matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
      if (pieces !== undefined) lines.push(glyphs.map((glyph) => font.get(glyph) ?? '?').join(''));
    }
    return lines.join('\n');
  }

  private fontsOf(page: string): Map<string, Map<string, string>> {
    const resources = /\/Resources (\d+) 0 R/.exec(page)?.[1];
    const head = this.objects.get(resources ?? '')?.head ?? page;
    const fonts = /\/Font <<([\s\S]*?)>>/.exec(head)?.[1] ?? '';
    return new Map(
      [...fonts.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', number = '']) => [name, this.unicodeOf(number)]),
    );
  }

  /** Which glyph is which character: without it a PDF can be seen, but neither searched nor read aloud. */
  private unicodeOf(font: string): Map<string, string> {
    const map = this.streamOf(/\/ToUnicode (\d+) 0 R/.exec(this.objects.get(font)?.head ?? '')?.[1]);
    const characters = new Map<string, string>();
    for (const [, from = '', list = ''] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g)) {
      [...list.matchAll(/<([0-9a-f ]*)>/g)].forEach(([, hex = ''], index) => {
        const glyph = (Number.parseInt(from, 16) + index).toString(16).padStart(4, '0');
        characters.set(glyph, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
      });
    }
    return characters;
  }

  private streamOf(number: string | undefined): string {
    return this.objects.get(number ?? '')?.stream ?? '';
  }
}
