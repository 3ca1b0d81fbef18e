import { once } from 'node:events';
import { createServer } from 'node:net';
import { openDatabase } from './support/open-database.js';

/** Messages of PostgreSQL's protocol: a letter, a length, a body. */
function message(letter: string, ...body: (Buffer | string)[]): Buffer {
  const whole = Buffer.concat(body.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(letter), int32(whole.length + 4), whole]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const four = Buffer.from([0, 4]);
const READY = message('Z', 'I');
const WELCOME = Buffer.concat([message('R', int32(0)), READY]);
const FAREWELL = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
const column = (name: string, type: number) =>
  Buffer.concat([
    Buffer.from(`${name}\0`),
    Buffer.alloc(6),
    int32(type),
    Buffer.from([0, 4]),
    int32(-1),
    Buffer.alloc(2),
  ]);
const value = (text: string) => Buffer.concat([int32(text.length), Buffer.from(text)]);
/** One row, as the probe asks for it: a primary. */
const NO_STANDBY = Buffer.concat([
  message('T', four, column('standby', 16), column('lsn', 25), column('timeline', 23), column('streaming', 16)),
  message('D', four, value('f'), value('0/1'), value('1'), value('f')),
  message('C', 'SELECT 1\0'),
  READY,
]);

test('a session that the server ends in the breath in which it begins is a 503, and the process lives on', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    const isProbe = (connections += 1) === 1;
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      if (!isProbe) return socket.end(Buffer.concat([WELCOME, FAREWELL])); // in one packet
      socket.write(WELCOME);
      return socket.on('data', () => socket.write(NO_STANDBY));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { database, close } = await openDatabase({
    DATABASE_URL: `postgres://user:password@127.0.0.1:${address.port}/database`,
  });
  for (let attempt = 0; attempt < 3; attempt += 1)
    await expect(database.write((manager) => manager.query('select 1'))).rejects.toMatchObject({
      code: 'service-unavailable',
      status: 503,
    });
  expect(connections).toBeGreaterThan(1);
  expect(await database.health()).toEqual({ primary: true, reads: true });
  await close();
  server.close();
  await once(server, 'close');
});
