import type { StoredInput, Wanted } from '../stored/stored-input.js';
import type { WorkerData } from './job.js';

/** Whose request it is, and what of it is stored. */
export interface Setting extends WorkerData {
  readonly tenantId: string;
  /** One of a kind. @throws NeedsStored unless it was read before */
  stored<What extends Wanted['what']>(wanted: Extract<Wanted, { what: What }>): Extract<StoredInput, { what: What }>;
}
