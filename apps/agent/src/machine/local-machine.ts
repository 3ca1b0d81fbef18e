import { execFile } from 'node:child_process';
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname, uptime } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../failure.js';
import { boundSynchronousPrograms } from './bounded-child-processes.js';
import type { ProgramOutcome, SystemProbe } from './system-probe.js';

const PROGRAM_TIME_LIMIT_MS = 5_000;
const CONNECT_TIME_LIMIT_MS = 3_000;
/** Where administrators' programs live: often not on the PATH of a plain user. */
const systemFolders = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/opt/homebrew/sbin', '/usr/bin', '/bin'];

const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENODATA'].includes(String(codeOf(error)));

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function modifiedAt(path: string): Promise<Date | null> {
  try {
    return (await stat(path)).mtime;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function hasProgram(name: string): Promise<boolean> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = new Set([...(process.env.PATH ?? '').split(delimiter), ...systemFolders].filter(Boolean));
  const found = await Promise.all(
    [...folders].map((folder) =>
      access(join(folder, name + suffix), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

function runProgram(
  program: string,
  args: readonly string[],
  limitMs: number = PROGRAM_TIME_LIMIT_MS,
): Promise<ProgramOutcome> {
  const path = [process.env.PATH, ...systemFolders].filter(Boolean).join(delimiter);
  const options = {
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: 4 * 1024 * 1024,
    windowsHide: true,
    env: { ...process.env, LC_ALL: 'C', PATH: path },
  } as const;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

function connectMs(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const socket = connect({ host, port, timeout: CONNECT_TIME_LIMIT_MS });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('timeout', () => fail(new Error(`no connection within ${CONNECT_TIME_LIMIT_MS} ms`)));
    socket.once('connect', () => {
      socket.destroy();
      resolve(performance.now() - startedAt);
    });
  });
}

/** Keeps the first answer: on Windows each of these costs a PowerShell query. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= read());
}

/** This machine. Loads the library here and not before, so that `--help` need not wait for it. */
export async function openLocalMachine(): Promise<SystemProbe & { close(): void }> {
  boundSynchronousPrograms();
  const { default: si } = await import('systeminformation');
  const onWindows = process.platform === 'win32';
  // One PowerShell for all queries: starting one for each keeps a CPU busy for seconds.
  if (onWindows) si.powerShellStart();
  return {
    system: once(() => si.system()),
    bios: () => si.bios(),
    baseboard: () => si.baseboard(),
    chassis: () => si.chassis(),
    uuid: () => si.uuid(),
    osInfo: once(() => si.osInfo()),
    cpu: () => si.cpu(),
    currentLoad: () => si.currentLoad(),
    cpuTemperature: once(() => si.cpuTemperature()),
    mem: () => si.mem(),
    memLayout: () => si.memLayout(),
    fsSize: () => si.fsSize(),
    diskLayout: () => si.diskLayout(),
    disksIO: () => si.disksIO(),
    battery: () => si.battery(),
    networkInterfaces: () => si.networkInterfaces(),
    networkStats: () => si.networkStats('*'),
    networkGatewayDefault: () => si.networkGatewayDefault(),
    graphics: () => si.graphics(),
    processes: () => si.processes(),
    services: () => si.services('*'),
    users: () => si.users(),
    networkConnections: () => si.networkConnections(),
    wifiConnections: () => si.wifiConnections(),
    platform: process.platform,
    isRoot: process.getuid ? process.getuid() === 0 : null,
    pid: process.pid,
    hostname,
    uptimeSeconds: uptime,
    readText,
    listFolder,
    modifiedAt,
    hasProgram,
    runProgram,
    connectMs,
    pause: async (ms) => {
      await pause(ms);
    },
    close: () => {
      if (onWindows) si.powerShellRelease();
    },
  };
}
