import { execFile, type ExecFileOptions } from 'node:child_process';

/** Runs a program to its end. @returns what it printed on stdout @throws Error whose message ends with what it said on stderr */
export function runProgram(file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join(' / ');
      reject(new Error(`${file} ${args[0] ?? ''} failed: ${said || error.message}`, { cause: error }));
    });
  });
}
