import type { CreateDiagnostic } from '@techze/contracts';
import { hang, painter, printable, type Style, type TerminalLook } from '../terminal/style.js';

const statusStyles: Record<string, Style> = {
  ok: 'green',
  unavailable: 'dim',
  denied: 'yellow',
  timeout: 'red',
  error: 'red',
};

/** What `collect` shows a person: who the machine is, and how the reading of each section went. */
export function renderCollection(body: CreateDiagnostic, look: TerminalLook): string {
  const paint = painter(look.colour);
  const { hostname, manufacturer, model, serial } = body.device ?? {};
  const about = [manufacturer, model, serial && `serial ${serial}`].filter(Boolean).join(', ');
  const width = Math.max(...Object.keys(body.sections).map((name) => name.length));
  const rows = Object.entries(body.sections).flatMap(([name, { status, collected_ms: ms = 0, error }]) => {
    const head = `  ${name.padEnd(width)}  ${status.padEnd('unavailable'.length)}  ${`${Math.round(ms)} ms`.padStart(8)}`;
    const [first = '', ...more] = error ? hang(`${head}  `, printable(error), look.width) : [head];
    return [first.replace(status, paint(statusStyles[status] ?? 'dim', status)), ...more];
  });
  return [
    paint('bold', printable(`${hostname ?? 'This machine'}${about && ` (${about})`}`)),
    '',
    ...rows,
    '',
    `Collected in ${((body.duration_ms ?? 0) / 1_000).toFixed(1)} s. Print all of it with --json; send it with \`techze-agent run\`.`,
    '',
  ].join('\n');
}
