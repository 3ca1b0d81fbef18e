import type { Severity } from '@techze/contracts';

const RANK: Readonly<Record<Severity, number>> = { info: 1, warning: 2, critical: 3 };

export function isHigher(a: Severity, than: Severity): boolean {
  return RANK[a] > RANK[than];
}

export function higher(a: Severity, b: Severity): Severity {
  return isHigher(b, a) ? b : a;
}

export function lower(a: Severity, b: Severity): Severity {
  return isHigher(a, b) ? b : a;
}
