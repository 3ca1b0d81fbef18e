import { randomUUID } from 'node:crypto';
import type { CreateDiagnostic } from '@techze/contracts';
import type { Access } from '../upload/access.js';
import type { Delivery } from '../upload/diagnostics-api.js';
import type { Stored } from './send-spooled.js';

/** @throws Failure when it is not stored */
export function storedOf(delivery: Delivery): Stored {
  if (delivery.outcome === 'stored') return delivery;
  throw delivery.failure;
}

/**
 * A full or dying disk is what a diagnostic is for: it goes out all the same, only nothing can keep it here.
 * @throws Failure when it is not stored
 */
export async function sendUnkept(access: Access, diagnostic: CreateDiagnostic): Promise<Stored> {
  return storedOf(await access.api.deliver(JSON.stringify(diagnostic), randomUUID(), await access.logIn()));
}
