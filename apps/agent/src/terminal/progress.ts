import type { Section } from '@techze/contracts';
import { painter, type TerminalLook } from './style.js';

const marks = { ok: '✔', unavailable: '–', denied: '!', timeout: '✖', error: '✖' } as const;

/** One line per section as it arrives, on a terminal; silent elsewhere. */
export function sectionProgress(
  stream: { isTTY?: boolean; write(text: string): unknown },
  look: TerminalLook,
): (name: string, section: Section) => void {
  if (stream.isTTY !== true) return () => undefined;
  const paint = painter(look.colour);
  return (name, { status, collected_ms: ms = 0 }) => {
    const style = status === 'ok' ? 'green' : status === 'unavailable' ? 'dim' : 'yellow';
    const time = `${Math.round(ms)} ms`.padStart(8);
    stream.write(
      `  ${paint(style, marks[status])} ${name.padEnd(12)}${paint('dim', time)}  ${status === 'ok' ? '' : status}\n`,
    );
  };
}
