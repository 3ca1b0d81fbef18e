import { EventEmitter } from 'node:events';
import { askSecret } from './ask-secret.js';

/** A terminal, and what is typed into it chunk by chunk. */
function ask(...chunks: string[]) {
  const terminal = new EventEmitter();
  const raw: boolean[] = [];
  const input = Object.assign(terminal, {
    setRawMode: (on: boolean) => raw.push(on),
    resume: () => undefined,
    pause: () => undefined,
  });
  let shown = '';
  const answer = askSecret('Token: ', input as unknown as Parameters<typeof askSecret>[1], {
    write: (text) => (shown += text),
  });
  for (const chunk of chunks) terminal.emit('data', Buffer.from(chunk));
  return { answer, raw, shown: () => shown, listeners: () => terminal.listenerCount('data') };
}

it('reads a line, by keys or pasted, and shows nothing of it', async () => {
  const { answer, raw, shown, listeners } = ask('tz', 'e_secret', '\r');
  expect(await answer).toBe('tze_secret');
  expect(shown()).toBe('Token: \n');
  expect(raw).toEqual([true, false]);
  expect(listeners()).toBe(0);
});

it('lets one correct what was typed', async () => {
  expect(await ask('abx\u007fc\n').answer).toBe('abc');
});

it.each(['\u0003', '\u0004'])('gives up on %j, and leaves the terminal as it was', async (key) => {
  const { answer, raw } = ask('abc', key);
  await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  expect(raw).toEqual([true, false]);
});
