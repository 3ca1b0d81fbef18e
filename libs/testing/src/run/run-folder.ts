import { chmodSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { destroyState, identify, isSame, StateFolder, type ProcessIdentity } from '@techze/local-stack';

interface Owner extends ProcessIdentity {
  /** Folder of compiled sources that goes with the run. */
  readonly compiled: string;
}

/** Makes the folder that holds every server of one run of tests, a state folder each. */
export async function createRunFolder(compiled: string): Promise<string> {
  const unnamed = mkdtempSync(join(runsFolder(), 'new-'));
  chmodSync(unnamed, 0o711); // PostgreSQL may run as `nobody`
  const owner = { ...identify(process.pid), compiled };
  await writeFile(join(unnamed, 'owner.json'), JSON.stringify(owner));
  const folder = join(runsFolder(), basename(unnamed).replace('new-', 'run-'));
  await rename(unnamed, folder);
  return folder;
}

/** Ends and removes what runs left behind that were killed before they could do so. */
export async function removeStaleRuns(): Promise<void> {
  for (const name of await readdir(runsFolder())) {
    const folder = join(runsFolder(), name);
    const owner = name.startsWith('run-') ? await ownerOf(folder) : undefined;
    if (owner && !isSame(owner) && (await claim(folder))) await removeRun(folder, owner.compiled);
  }
}

/** Ends every server below the run's folder, then removes the folder. */
export async function removeRun(folder: string, compiled: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => destroyState(StateFolder.at(join(folder, entry.name)))),
  );
  await rm(compiled, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Runs that start at the same time find the same leftovers: one of them cleans up. */
async function claim(folder: string): Promise<boolean> {
  const file = join(folder, 'sweeper.json');
  try {
    await writeFile(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch {
    const sweeper = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as ProcessIdentity,
      () => undefined, // being written, or gone with its folder
    );
    return sweeper !== undefined && !isSame(sweeper);
  }
}

async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined; // gone meanwhile
  }
}

function runsFolder(): string {
  const uid = process.getuid?.();
  const folder = join(tmpdir(), `techze-tests-${uid ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  if (uid !== undefined && lstatSync(folder).uid !== uid) throw new Error(`${folder} belongs to someone else`);
  return folder;
}
