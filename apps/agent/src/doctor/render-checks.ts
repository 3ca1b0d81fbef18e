import { hang, painter, printable, type Style, type TerminalLook } from '../terminal/style.js';
import type { Check } from './check.js';

const titles: Record<Check['area'], string> = {
  machine: 'This machine',
  state: 'State folder',
  server: 'Server',
  spool: 'Spool',
};
const marks: Record<Check['status'], [string, Style]> = {
  ok: ['ok', 'green'],
  info: ['–', 'dim'],
  attention: ['!', 'yellow'],
};

/** What the doctor found, as text for a person. */
export function renderChecks(checks: readonly Check[], look: TerminalLook): string {
  const paint = painter(look.colour);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const areas = [...new Set(checks.map(({ area }) => area))];
  const blocks = areas.map((area) => [
    paint('bold', titles[area]),
    ...checks.filter((check) => check.area === area).flatMap((check) => linesOf(check, width, look)),
    '',
  ]);
  const needing = checks.filter(({ status }) => status === 'attention').length;
  const verdict =
    needing === 0
      ? 'All that is needed is fine.'
      : `${needing} of these ${needing === 1 ? 'needs' : 'need'} attention.`;
  return [...blocks.flat(), verdict, ''].join('\n');
}

function linesOf({ name, status, detail, hint }: Check, width: number, look: TerminalLook): string[] {
  const [mark, style] = marks[status];
  const head = `  ${mark.padEnd(2)}  ${name.padEnd(width)}  `;
  const [first = '', ...more] = hang(head, printable(detail), look.width);
  const painted = first.replace(mark, painter(look.colour)(style, mark));
  return [painted, ...more, ...(hint ? hang(`${' '.repeat(head.length)}→ `, printable(hint), look.width) : [])];
}
