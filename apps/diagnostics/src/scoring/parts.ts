import type { PartKind } from './checks/check.js';
import { checks, isCheckCode } from './checks/checks.js';

/** By kind, what the machine was seen to have: only kinds that were listed whole. */
export type ListedParts = ReadonlyMap<PartKind, ReadonlySet<string>>;

/** The first battery has no name. */
export const FIRST_BATTERY = '';

/**
 * Whether the part that a finding is about is there no more: a disk was replaced, a stick pulled out. Only where its kind
 * was listed whole; a part of which nothing could be read is unknown, not gone.
 */
export function isGone(
  { parts }: { parts: ListedParts },
  { code, instance }: { code: string; instance?: string | null | undefined },
): boolean {
  const kind = isCheckCode(code) ? checks[code].part : undefined;
  const listed = kind && parts.get(kind);
  return listed !== undefined && !listed.has(instance ?? FIRST_BATTERY);
}
