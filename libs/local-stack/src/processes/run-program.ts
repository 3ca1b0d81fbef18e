import { execFile, type ExecFileOptions } from 'node:child_process';

/** Runs a program to its end. @returns what it printed on stdout @throws Error whose message ends with what it said on stderr */
export function runProgram(file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${[file, ...args].join(' ')} failed: ${faultIn(stderr) || faultIn(stdout) || error.message}`));
    });
  });
}

/** What a program complained about: an uncaught error's own words stand amid a trace, others' at the end. */
function faultIn(text: string): string {
  const thrown = /^(?:\w*(?:Error|Problem)\b.*|\{"level":"(?:error|fatal)".*)$/m.exec(text)?.[0];
  return thrown ?? text.trim().split('\n').slice(-5).join(' / ');
}
