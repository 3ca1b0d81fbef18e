import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import {
  admitAgent,
  newUuid,
  Problem,
  type EnrollDevice,
  type EnrolledDevice,
  type Principal,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { currentContext, runInContext, runWith } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { SessionWrites } from '../edge/session-writes.js';
import { EnrollmentSecrets } from './enrollment-secrets.js';

/** Lets agents in whom nobody knows yet: finds whose the token is, and asks as the gateway at work in that tenant. */
@Injectable()
export class AgentAdmission {
  constructor(
    private readonly database: Database,
    private readonly contexts: SignedContexts,
    private readonly secrets: EnrollmentSecrets,
    private readonly rpc: RpcClient,
    private readonly writes: SessionWrites,
  ) {}

  /** @throws Problem `invalid-enrollment-token`, whatever is wrong with it */
  async enroll({ token, device, agent }: EnrollDevice): Promise<EnrolledDevice> {
    const tokenHash = hashOfSecret(token);
    const tenantId = await this.tenantOf(tokenHash);
    if (tenantId === undefined) throw new Problem('invalid-enrollment-token');
    const credential = this.secrets.newCredential();
    const admitted = await this.asWorker(tenantId, () =>
      this.rpc.call(admitAgent, {
        token_hash: tokenHash,
        credential_hash: hashOfSecret(credential),
        device,
        agent: agent ?? { id: newUuid(), version: 'unknown' },
      }),
    );
    const { lsn } = currentContext()?.commits ?? {};
    // Its device was there before its session: what it asks next is about that.
    if (lsn !== undefined) await this.writes.note(agentOf(tenantId, admitted.device_id), lsn);
    return { ...admitted, credential };
  }

  /** Asked of the primary: a token may be a moment old. */
  private async tenantOf(tokenHash: string): Promise<string | undefined> {
    const nobody = this.database.as({ role: 'service', claims: null });
    const [row] = await runWith({ readPrimary: true }, () =>
      nobody.read((manager) =>
        manager.query<{ tenant_id: string }[]>('select tenant_id from auth.enrollment_token_lookup($1)', [tokenHash]),
      ),
    );
    return row?.tenant_id;
  }

  /** Without the caller's Idempotency-Key: an answer that was lost is repeated by the agent's id, with a new credential. */
  private async asWorker<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const context = currentContext();
    assert(context, 'an enrollment outside of a request');
    const { idempotencyKey: _key, ...rest } = context;
    const principal: Principal = { kind: 'worker', tenant_id: tenantId, service: 'gateway', role: 'worker' };
    const token = await this.contexts.mint(principal);
    return runInContext({ ...rest, principal, token }, work);
  }
}

function agentOf(tenant_id: string, device_id: string): Principal {
  return { kind: 'agent', tenant_id, device_id, role: 'agent' };
}
