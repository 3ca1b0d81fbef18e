import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConfigSection } from '../src/index.js';

const root = join(__dirname, '..', '..', '..');

/** A variable as `.env.example` shows it: the words above it, and the value, empty where there is none. */
interface Shown {
  readonly words: string;
  readonly value: string;
}

const shown = readExample(readFileSync(join(root, '.env.example'), 'utf8'));
const schemas = readSchemas();

describe('.env.example', () => {
  it('has every variable of every section, and no other', () => {
    expect([...shown.keys()].sort()).toEqual([...schemas.keys()].sort());
  });

  describe.each([...schemas])('%s', (name, alternatives) => {
    const { words, value } = shown.get(name) ?? { words: '', value: '' };

    it('is explained in the words of the code', () => {
      const described = alternatives.map((schema) => schema.description).filter((text) => text !== undefined);
      expect(words).not.toBe('');
      if (described.length > 0) expect(described).toContain(words);
    });

    it('shows its default, and nothing where it has none', () => {
      const defaults = alternatives.map((schema) => schema.safeParse(undefined).data);
      const parsed = alternatives.map((schema) => schema.safeParse(value === '' ? undefined : value).data);
      expect(parsed).toEqual(defaults);
      expect(defaults.some((of) => of !== undefined && !isEmptyList(of))).toBe(value !== '');
    });
  });
});

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function readExample(text: string): Map<string, Shown> {
  const variables = new Map<string, Shown>();
  let words: string[] = [];
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      if (variables.has(name)) throw new Error(`${name} stands there twice`);
      variables.set(name, { words: words.join(' '), value });
    }
    words = name === undefined && line.startsWith('# ') ? [...words, line.slice(2)] : [];
  }
  return variables;
}

/** Schemas of each variable; a few belong to more than one section. */
function readSchemas(): Map<string, z.ZodType[]> {
  const found = new Map<string, z.ZodType[]>();
  for (const file of sourceFiles().filter((path) => path.endsWith('.config.ts'))) {
    const exported = Object.values(jest.requireActual<Record<string, unknown>>(join(root, file)));
    for (const section of exported.filter(isSection))
      for (const name of section.variables) found.set(name, [...(found.get(name) ?? []), variableOf(section, name)]);
  }
  return found;
}

function sourceFiles(): string[] {
  return ['libs', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
}

function isSection(value: unknown): value is ConfigSection {
  return typeof value === 'object' && value !== null && 'variables' in value && 'schema' in value;
}

/** `defineSection` folds an object of variables into a value: the object is the way in. */
function variableOf({ schema }: ConfigSection, name: string): z.ZodType {
  const variables = schema instanceof z.ZodPipe ? schema.def.in : undefined;
  const variable = variables instanceof z.ZodObject ? variables.shape[name] : undefined;
  if (!(variable instanceof z.ZodType)) throw new Error(`${name}: its schema cannot be found`);
  return variable;
}
