import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@techze/contracts';
import { makeKeys } from '@techze/local-stack';
import { ownState } from '@techze/testing';
import { calculateJwkThumbprint, type JWK } from 'jose';

test('keys are made once, named by their thumbprint, and readable by their owner only', async () => {
  const folder = ownState().secrets;
  const files = await makeKeys(folder);
  const contents = (): string[] => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const before = contents();
  await makeKeys(folder);
  expect(contents()).toEqual(before);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);

  const { keys } = JSON.parse(readFileSync(files.jwks, 'utf8')) as { keys: (JWK & { iss: string })[] };
  expect(keys.map(({ iss }) => iss)).toEqual(services);
  for (const key of keys) {
    expect(key).not.toHaveProperty('d');
    expect(key.kid).toBe(await calculateJwkThumbprint(key));
  }
  for (const file of [files.refreshKey, files.cursorKey])
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64url')).toHaveLength(32);
});
