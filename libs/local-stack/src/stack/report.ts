/** Tells people what goes on: plain lines with the time since the start. */
export interface Report {
  step(text: string): void;
  warn(text: string): void;
}

/** @param write takes whole lines */
export function timedReport(write: (line: string) => void): Report {
  const start = performance.now();
  const stamp = (): string => `[${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s]`;
  return {
    step: (text) => write(`${stamp()} ${text}`),
    warn: (text) => write(`${stamp()} ! ${text}`),
  };
}

export const silentReport: Report = { step: () => {}, warn: () => {} };
