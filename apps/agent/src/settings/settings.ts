import { DiagnosticType } from '@techze/contracts';
import { z } from 'zod';
import { cleanText } from '../collection/clean-data.js';
import { exitCodes, Failure } from '../failure.js';
import type { StateFolder } from '../state/state-folder.js';
import { parseServerUrl } from '../upload/server-url.js';
import { parseDuration } from './duration.js';
import { privacyClasses, type PrivacyClass } from './privacy-classes.js';

export interface Settings {
  server?: URL;
  type: DiagnosticType;
  /** Milliseconds from the end of one diagnostic to the start of the next. */
  every: number;
  include: readonly PrivacyClass[];
  tags: readonly string[];
}

type Name = keyof Settings;
/** As it was written: lists as lists or separated by commas. */
export type WrittenSettings = Partial<Record<Name, string | readonly string[]>>;

export const CONFIG_FILE = 'config.json';
const MIN_EVERY_MS = 60_000;
const MAX_EVERY_MS = 7 * 86_400_000;
const MAX_TAG = 64;
const MAX_TAGS = 50;

const defaults: Settings = { type: 'full', every: 15 * 60_000, include: [], tags: [] };

const environmentNames: Record<Name, string> = {
  server: 'TECHZE_SERVER',
  type: 'TECHZE_TYPE',
  every: 'TECHZE_EVERY',
  include: 'TECHZE_INCLUDE',
  tags: 'TECHZE_TAGS',
};

const flagNames: Record<Name, string> = {
  server: '--server',
  type: '--type',
  every: '--every',
  include: '--include',
  tags: '--tag',
};

const ConfigFile = z
  .strictObject({
    server: z.string(),
    type: z.string(),
    every: z.string(),
    include: z.array(z.string()),
    tags: z.array(z.string()),
  })
  .partial();

class InvalidSettingError extends Error {}

const itemsOf = (written: string | readonly string[]): string[] =>
  (typeof written === 'string' ? written.split(',') : written).map((item) => item.trim()).filter(Boolean);

function oneOf<T extends string>(options: readonly T[], text: string): T {
  const known = options.find((option) => option === text);
  if (known === undefined) throw new InvalidSettingError(`“${text}” is none of ${options.join(', ')}.`);
  return known;
}

function readTag(text: string): string {
  const tag = cleanText(text, MAX_TAG + 1);
  if (tag.length === 0 || tag.length > MAX_TAG) throw new InvalidSettingError(`Takes 1 to ${MAX_TAG} characters.`);
  return tag;
}

const readers: { [Key in Name]: (written: string | readonly string[]) => Settings[Key] } = {
  server: (written) => parseServerUrl(String(written)),
  type: (written) => oneOf(DiagnosticType.options, String(written)),
  every: (written) => {
    const ms = parseDuration(String(written));
    if (ms !== undefined && ms >= MIN_EVERY_MS && ms <= MAX_EVERY_MS) return ms;
    throw new InvalidSettingError('Takes 1m to 7d, such as 15m or 2h.');
  },
  include: (written) => [...new Set(itemsOf(written).map((item) => oneOf(privacyClasses, item)))],
  tags: (written) => {
    const tags = (typeof written === 'string' ? itemsOf(written) : written).map(readTag);
    if (tags.length > MAX_TAGS) throw new InvalidSettingError(`Takes at most ${MAX_TAGS} tags.`);
    return tags;
  },
};

/** @throws Failure (exit 2) that names the key */
function readConfigFile(folder: StateFolder): WrittenSettings {
  const text = folder.read(CONFIG_FILE);
  if (text === undefined) return {};
  const path = folder.file(CONFIG_FILE);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure(exitCodes.usage, `${path} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const checked = ConfigFile.safeParse(json);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  throw new Failure(exitCodes.usage, `${path} cannot be used.`, [
    ...faults,
    `It takes ${Object.keys(defaults).concat('server').sort().join(', ')}.`,
  ]);
}

/**
 * What was set, by flag, environment, config file and default; the first of these wins.
 * @throws Failure (exit 2) that names where the fault is
 */
export function readSettings(
  flags: WrittenSettings,
  env: Readonly<Record<string, string | undefined>>,
  folder: StateFolder,
): Settings {
  const file = readConfigFile(folder);
  const read = <Key extends Name>(name: Key): Settings[Key] => {
    const sources: [where: string, written: string | readonly string[] | undefined][] = [
      [flagNames[name], flags[name]],
      [environmentNames[name], env[environmentNames[name]] || undefined],
      [`${folder.file(CONFIG_FILE)}: ${name}`, file[name]],
    ];
    for (const [where, written] of sources) {
      if (written === undefined) continue;
      try {
        return readers[name](written);
      } catch (error) {
        if (!(error instanceof InvalidSettingError || error instanceof Failure)) throw error;
        throw new Failure(exitCodes.usage, `${where}: ${error.message}`);
      }
    }
    return defaults[name];
  };
  return {
    server: read('server'),
    type: read('type'),
    every: read('every'),
    include: read('include'),
    tags: read('tags'),
  };
}
