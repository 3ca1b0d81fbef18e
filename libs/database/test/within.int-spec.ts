import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { NoAnswerError, within } from '../src/cluster/within.js';

test('gives the outcome, or NoAnswerError when there is none in time', async () => {
  await expect(within(1000, Promise.resolve('here'))).resolves.toBe('here');
  await expect(within(1000, Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  await expect(within(5, new Promise(() => undefined))).rejects.toThrow(NoAnswerError);
});

test('an answer that came while this process was held up counts', async () => {
  const server = createServer((socket) => socket.end('answer')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1');
  await once(socket, 'connect');
  const answer = within(20, once(socket, 'data'));
  const heldUpUntil = performance.now() + 60;
  setImmediate(() => {
    while (performance.now() < heldUpUntil); // the answer arrives and the time is over meanwhile
  });
  expect(String((await answer)[0])).toBe('answer');
  socket.destroy();
  server.close();
});

test('several answers, one after the other, count too where this process was held up for longer than all of the time', async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1');
  const handshake = async () => {
    for (let step = 0; step < 5; step += 1) {
      socket.write('?');
      await once(socket, 'data');
    }
    return 'done';
  };
  const outcome = within(300, handshake());
  const heldUpUntil = performance.now() + 500;
  while (performance.now() < heldUpUntil);
  expect(await outcome).toBe('done');
  socket.destroy();
  server.close();
});
