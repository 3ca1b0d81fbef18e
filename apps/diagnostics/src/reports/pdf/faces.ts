import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type GlyphRun } from 'fontkit';

export type Face = 'body' | 'strong';

/** Whole TTF files: pdfkit's own fonts know Windows-1252 only, and a web font would be unpacked again for each letter. */
const files: Readonly<Record<Face, string>> = {
  body: '@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf',
  strong: '@expo-google-fonts/roboto/700Bold/Roboto_700Bold.ttf',
};

/** What stands for a letter that the font does not have. */
export const MISSING = '\ufffd';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** What every face has for certain, so that nobody needs to look. */
const PLAIN = /^[\x20-\x7e\u00a0-\u00ff]*$/;

let loaded: Readonly<Record<Face, Font>> | undefined;

/** Read once a process. */
export function faces(): Readonly<Record<Face, Font>> {
  return (loaded ??= { body: load('body'), strong: load('strong') });
}

function load(face: Face): Font {
  const font = create(readFileSync(createRequire(import.meta.url).resolve(files[face])));
  if (!('hasGlyphForCodePoint' in font)) throw new Error(`${files[face]} is a collection of fonts`);
  return Object.create(font, { layout: { value: (text: string) => oneToOne(font, text) } }) as Font;
}

/** A glyph a character: kerning and ligatures take half of the time of a report, and at these sizes nobody sees them. */
function oneToOne(font: Font, text: string): Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'> {
  const glyphs = font.glyphsForString(text);
  const positions = glyphs.map(({ advanceWidth }) => ({ xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 }));
  return {
    glyphs,
    positions,
    // Asked for after pdfkit has scaled the positions.
    get advanceWidth() {
      return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
    },
  };
}

/** The text with a visible mark for every letter, ideograph or emoji that the font lacks: never a blank, never an error. */
export function drawable(text: string): string {
  if (PLAIN.test(text)) return text;
  const font = faces().body;
  return Array.from(graphemes.segment(text), ({ segment }) => {
    const known = [...segment].every((character) => font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
    return known ? segment : MISSING;
  }).join('');
}
