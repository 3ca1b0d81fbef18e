import type { SystemProbe } from '../machine/system-probe.js';

/** The first of two samples of a machine, kept until the second is taken. */
export class FirstSamples<T> {
  private readonly samples = new WeakMap<SystemProbe, T>();

  async take(machine: SystemProbe, read: () => Promise<T>): Promise<void> {
    this.samples.set(machine, await read());
  }

  of(machine: SystemProbe): T | undefined {
    return this.samples.get(machine);
  }
}
