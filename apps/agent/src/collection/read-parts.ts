import { codeOf, messageOf } from '../failure.js';
import type { SectionData, SectionResult } from './section-result.js';

/** Why a part of a section is missing. */
export interface PartFault {
  part: string;
  status: 'timeout' | 'denied' | 'error';
  reason: string;
}

export interface PartsRead<Parts extends Record<string, () => Promise<unknown>>> {
  /** The parts that could be read. */
  values: { [Name in keyof Parts]?: Awaited<ReturnType<Parts[Name]>> };
  faults: PartFault[];
}

class TimeLimitError extends Error {}

/** Settles with the work, or fails after `limitMs`; what the work does later is ignored. */
export async function withTimeLimit<T>(work: () => Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // After a pause of the whole process, an answer that waits in the next turn of the loop is still in time.
      setImmediate(() => setImmediate(() => reject(new TimeLimitError(`no answer within ${limitMs / 1000} s`))));
    }, limitMs);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

export function faultOf(part: string, error: unknown): PartFault {
  const code = codeOf(error);
  const denied = code === 'EACCES' || code === 'EPERM';
  const status = error instanceof TimeLimitError ? 'timeout' : denied ? 'denied' : 'error';
  return { part, status, reason: messageOf(error) };
}

/** Reads the parts of a section side by side, each with its own limit of time: what fails never loses the others. */
export async function readParts<Parts extends Record<string, () => Promise<unknown>>>(
  parts: Parts,
  limitMs: number,
): Promise<PartsRead<Parts>> {
  const values: Record<string, unknown> = {};
  const faults: PartFault[] = [];
  await Promise.all(
    Object.entries(parts).map(async ([part, read]) => {
      try {
        values[part] = await withTimeLimit(read, limitMs);
      } catch (error) {
        faults.push(faultOf(part, error));
      }
    }),
  );
  return { values: values as PartsRead<Parts>['values'], faults };
}

/** The section: `ok` when every part was read, else the status of the first fault with all reasons and what there is. */
export function sectionOf(data: SectionData, faults: readonly PartFault[]): SectionResult {
  const [first] = faults;
  if (first === undefined) return { status: 'ok', data };
  const reason = faults.map((fault) => `${fault.part}: ${fault.reason}`).join('; ');
  const empty = Object.values(data).every((value) => value === undefined || value === null);
  return { status: first.status, reason, ...(!empty && { data }) };
}
