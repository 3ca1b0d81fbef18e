import type { ReadStream } from 'node:tty';
import { exitCodes, Failure } from '../failure.js';

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u0008', '\u007f'];
const MAX_LENGTH = 1_000;

/** Reads one line from a terminal without showing it. */
export function askSecret(
  question: string,
  input: Pick<ReadStream, 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'>,
  output: { write(text: string): unknown },
): Promise<string> {
  output.write(question);
  input.setRawMode(true);
  input.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = () => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
    };
    const onData = (chunk: Buffer | string) => {
      for (const key of chunk.toString()) {
        if (key === CTRL_C || key === CTRL_D) {
          end();
          reject(new Failure(exitCodes.interrupted, 'Nothing was typed.'));
          return;
        }
        if (ENTER.test(key)) {
          end();
          resolve(typed);
          return;
        }
        typed = BACKSPACES.includes(key) ? typed.slice(0, -1) : (typed + key).slice(0, MAX_LENGTH);
      }
    };
    input.on('data', onData);
  });
}
