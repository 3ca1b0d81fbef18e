import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of verdicts.md. */
export interface ExpectedVerdict {
  machine: string;
  score: number;
  band: string;
  coverage: number;
  /** `severity key`, sorted. */
  findings: string[];
  cap: string | null;
}

const listOf = (cell: string): string[] => (cell === 'none' ? [] : cell.split('; ').sort());

/** The table that people read. */
export function readVerdictTable(): ExpectedVerdict[] {
  const lines = readFileSync(join(__dirname, 'verdicts.md'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const machine = /^`(\w+)`$/.exec(cells[1] ?? '')?.[1];
    if (machine === undefined) return [];
    const [score, band = '', coverage, findings = '', cap = ''] = cells.slice(2);
    return [
      {
        machine,
        score: Number(score),
        band,
        coverage: Number(coverage),
        findings: listOf(findings),
        cap: cap === 'none' ? null : cap,
      },
    ];
  });
}
