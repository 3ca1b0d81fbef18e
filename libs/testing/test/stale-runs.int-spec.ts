import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisServer, StateFolder } from '@techze/local-stack';
import { createRunFolder, removeRun, removeStaleRuns } from '../src/run/run-folder.js';
import { sharedServers } from '../src/run/shared-servers.js';

test('a run that was killed is cleaned up by the next, one that lives is let alone', async () => {
  const [stale, living] = await Promise.all([createRunFolder('/nonexistent'), createRunFolder('/nonexistent')]);
  const servers = [stale, living].map((folder) => {
    const state = StateFolder.at(join(folder, 'left')).create();
    return new RedisServer({ program: sharedServers().redisProgram, folder: state.redis, durable: false });
  });
  await Promise.all(servers.map((server) => server.start()));
  const owner = JSON.parse(await readFile(join(stale, 'owner.json'), 'utf8')) as object;
  await writeFile(join(stale, 'owner.json'), JSON.stringify({ ...owner, started: 'long ago' }));

  await removeStaleRuns();

  expect(existsSync(stale)).toBe(false);
  expect(servers.map((server) => server.isRunning)).toEqual([false, true]);
  await removeRun(living, '/nonexistent');
  expect(servers.map((server) => server.isRunning)).toEqual([false, false]);
});
