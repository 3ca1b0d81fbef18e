import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsOf } from './tls.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'techze-tls-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const AUTHORITY = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

test('each mode says for itself whether the server has to prove who it is', () => {
  expect(tlsOf({ id: 'a', ssl: 'disable' })).toBe(false);
  expect(tlsOf({ id: 'a', ssl: 'require' })).toEqual({ rejectUnauthorized: false });
  expect(tlsOf({ id: 'a', ssl: 'verify-full' })).toEqual({ rejectUnauthorized: true });
});

test('the authority is read anew each time', () => {
  const file = join(folder, 'rotated.pem');
  const node = { id: 'a', ssl: 'verify-full', ssl_ca_file: file } as const;
  for (const authority of [AUTHORITY, `${AUTHORITY}${AUTHORITY}`]) {
    writeFileSync(file, authority);
    expect(tlsOf(node)).toEqual({ rejectUnauthorized: true, ca: authority });
  }
});

test.each([
  ['is not there', undefined, 'cannot be read (ENOENT)'],
  ['is empty', '', 'holds no certificate'],
  ['holds something else', 'a secret of somebody', 'holds no certificate'],
])('an authority that %s names node and setting, not what it holds', (_, content, reason) => {
  const file = join(folder, 'broken.pem');
  rmSync(file, { force: true });
  if (content !== undefined) writeFileSync(file, content);
  const node = { id: 'replica_1', ssl: 'verify-full', ssl_ca_file: file } as const;
  expect(() => tlsOf(node)).toThrow(`node replica_1: ssl_ca_file ${reason}`);
});
