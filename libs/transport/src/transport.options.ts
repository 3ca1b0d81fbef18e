import type { ServiceName } from '@techze/contracts';

/** Who this process is. */
export class TransportOptions {
  constructor(readonly service: ServiceName) {}
}
