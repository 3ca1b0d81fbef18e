import {
  usableIdentifier,
  type Hardware,
  type HardwareChange,
  type HardwarePart,
  type Section,
} from '@techze/contracts';
import { cleanText, isObject, own, type Json } from '../scoring/readings/values.js';

/** More of a kind than any machine has; a longer list was not read whole. */
const PARTS_MAX = 64;

type Sections = Readonly<Record<string, Section>>;
type PartList = NonNullable<Hardware['disks']>;

/**
 * The parts that the sections tell apart by serial number. A list is `whole` when its section is "ok" and every built-in
 * part in it has a serial number: only then does a part that it lacks count as gone. `data` may hold anything that JSON can.
 */
export function hardwareIn(sections: Sections): Hardware {
  const storage = dataOf(sections, 'storage');
  const memory = dataOf(sections, 'memory');
  const disks = storage && partsIn(own(storage, 'diskLayout'), isOk(sections, 'storage'), 'name', isBuiltIn);
  const modules = memory && partsIn(own(memory, 'layout'), isOk(sections, 'memory'), 'partNum', isPopulated);
  const board = boardIn(dataOf(sections, 'system'));
  return { ...(disks && { disks }), ...(modules && { memory: modules }), ...(board && { board }) };
}

/** What is known after a look, and what changed by it. What was never seen whole before cannot have been added. */
export function compareHardware(
  known: Hardware | null,
  seen: Hardware,
): { hardware: Hardware; changes: HardwareChange[] } {
  const disks = compareLists(known?.disks, seen.disks);
  const memory = compareLists(known?.memory, seen.memory);
  const board = { ...known?.board, ...seen.board };
  const changes: HardwareChange[] = [
    { part: 'disk' as const, ...disks },
    { part: 'memory' as const, ...memory },
    { part: 'board' as const, ...compareBoards(known?.board, seen.board) },
  ]
    .filter(({ added, removed }) => added.length + removed.length > 0)
    .map(({ part, added, removed }) => ({ part, added, removed }));
  return {
    hardware: {
      ...(disks.list && { disks: disks.list }),
      ...(memory.list && { memory: memory.list }),
      ...(Object.keys(board).length > 0 && { board }),
    },
    changes,
  };
}

interface Compared {
  readonly list: PartList | undefined;
  readonly added: HardwarePart[];
  readonly removed: HardwarePart[];
}

function compareLists(known: PartList | undefined, seen: PartList | undefined): Compared {
  if (!known || !seen) return { list: seen ?? known, added: [], removed: [] };
  const unknown = without(seen.parts, known.parts);
  const missing = without(known.parts, seen.parts);
  const all = seen.whole ? seen.parts : [...seen.parts, ...missing];
  return {
    list: { parts: all.slice(0, PARTS_MAX), whole: (seen.whole || known.whole) && all.length <= PARTS_MAX },
    added: known.whole ? unknown : [],
    removed: seen.whole ? missing : [],
  };
}

function compareBoards(known: Hardware['board'] = {}, seen: Hardware['board'] = {}): Omit<Compared, 'list'> {
  const changed = (['baseboard', 'system'] as const).flatMap((name) => {
    const [before, after] = [known[name], seen[name]];
    return before !== undefined && after !== undefined && spelling(before) !== spelling(after)
      ? [{ removed: { serial: before, name }, added: { serial: after, name } }]
      : [];
  });
  return { added: changed.map(({ added }) => added), removed: changed.map(({ removed }) => removed) };
}

function without(parts: readonly HardwarePart[], others: readonly HardwarePart[]): HardwarePart[] {
  const serials = new Set(others.map(({ serial }) => spelling(serial)));
  return parts.filter(({ serial }) => !serials.has(spelling(serial)));
}

/** One disk is spelt in two ways by two tools: in another case, with other blanks. */
function spelling(serial: string): string {
  return serial.replaceAll(/\s/g, '').toUpperCase();
}

/** Undefined where no part tells who it is. */
function partsIn(value: unknown, ok: boolean, nameKey: string, counts: (part: Json) => boolean): PartList | undefined {
  if (!Array.isArray(value)) return undefined;
  const parts = new Map<string, HardwarePart>();
  let whole = ok && value.length <= PARTS_MAX;
  for (const part of value.slice(0, PARTS_MAX) as unknown[]) {
    if (!isObject(part)) whole = false;
    else if (counts(part)) {
      const serial = serialOf(part, 'serialNum');
      if (serial === undefined) whole = false;
      else if (!parts.has(spelling(serial))) parts.set(spelling(serial), { serial, name: textOf(part, nameKey) });
    }
  }
  return parts.size > 0 ? { parts: [...parts.values()], whole } : undefined;
}

/** A stick on a USB port comes and goes every day. */
function isBuiltIn(disk: Json): boolean {
  const bus = own(disk, 'interfaceType');
  return typeof bus !== 'string' || bus.trim().toUpperCase() !== 'USB';
}

/** An empty slot is listed with the size 0. */
function isPopulated(module: Json): boolean {
  return own(module, 'size') !== 0;
}

function boardIn(system: Json | undefined): Hardware['board'] {
  if (!system) return undefined;
  const board = own(system, 'baseboard');
  const baseboard = isObject(board) ? serialOf(board, 'serial') : undefined;
  const whole = serialOf(system, 'serial');
  if (baseboard === undefined && whole === undefined) return undefined;
  return { ...(baseboard !== undefined && { baseboard }), ...(whole !== undefined && { system: whole }) };
}

function serialOf(object: Json, key: string): string | undefined {
  return usableIdentifier(textOf(object, key) ?? undefined);
}

function textOf(object: Json, key: string): string | null {
  const value = own(object, key);
  return (typeof value === 'string' && cleanText(value)) || null;
}

function dataOf(sections: Sections, name: string): Json | undefined {
  const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
  return isObject(section?.data) ? section.data : undefined;
}

function isOk(sections: Sections, name: string): boolean {
  return sections[name]?.status === 'ok';
}

/** The operating system in its own words, e.g. "Microsoft Windows 11 Pro 10.0.22631"; null when nothing says it. */
export function operatingSystemIn(sections: Sections): string | null {
  const os = dataOf(sections, 'os');
  if (!os) return null;
  const name = textOf(os, 'distro') ?? textOf(os, 'platform');
  return [name, textOf(os, 'release')].filter(Boolean).join(' ') || null;
}
