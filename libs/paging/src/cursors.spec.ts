import { Cursors } from './cursors.js';

const cursors = new Cursors({ cursorKey: Buffer.alloc(32, 7) });
const position = { createdAt: '2026-11-22T08:00:00.000Z', id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' };

describe('a cursor', () => {
  it('comes back as the position that it was given for', () => {
    expect(cursors.decode('diagnostics', cursors.encode('diagnostics', position))).toEqual(position);
  });

  it('is refused after any change of any byte', () => {
    const bytes = Buffer.from(cursors.encode('diagnostics', position), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8((forged.readUInt8(index) + 1) % 256, index);
      expect(() => cursors.decode('diagnostics', forged.toString('base64url'))).toThrow(
        expect.objectContaining({ code: 'invalid-cursor' }),
      );
    }
  });

  it('is refused in any other spelling', () => {
    const cursor = cursors.encode('diagnostics', position);
    for (const other of [
      `${cursor}=`,
      `${cursor}!`,
      ` ${cursor}`,
      `${cursor}A`,
      cursor.replaceAll('_', '/').concat('\n'),
    ]) {
      expect(() => cursors.decode('diagnostics', other)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
    }
  });

  it('is refused by another list, by another key, and when it is rubbish', () => {
    const cursor = cursors.encode('diagnostics', position);
    const stranger = new Cursors({ cursorKey: Buffer.alloc(32, 8) });
    const refused = expect.objectContaining({ code: 'invalid-cursor' });
    expect(() => cursors.decode('devices', cursor)).toThrow(refused);
    expect(() => stranger.decode('diagnostics', cursor)).toThrow(refused);
    for (const rubbish of ['', 'x', '%%%', 'e30', 'null'])
      expect(() => cursors.decode('diagnostics', rubbish)).toThrow(refused);
  });
});
