import { Injectable } from '@nestjs/common';
import { SYSTEM_TENANT_ID } from '@techze/contracts';
import { Database, type DatabaseSession } from '@techze/database';

/** A gateway that lives has done it by then. */
const LEFT_SECONDS = 15;
const BATCH = 50;
/** Who asked has asked again, or does not wait any more. */
const KEPT_SECONDS = 3_600;

export interface ResetRequest {
  readonly id: string;
  readonly email: string;
}

/** Who asked for a new password, until somebody has looked who that is: rows of the installation itself. */
@Injectable()
export class PasswordResetRequestsRepository {
  constructor(private readonly database: Database) {}

  async add({ id, email }: ResetRequest): Promise<void> {
    await this.system.write((manager) =>
      manager.query('insert into password_reset_requests (tenant_id, id, email) values ($1, $2, $3)', [
        SYSTEM_TENANT_ID,
        id,
        email,
      ]),
    );
  }

  /** Those whose gateway is not there any more, in any order: some that always fail leave the others their turn. */
  left(): Promise<ResetRequest[]> {
    return this.system.write((manager) =>
      manager.query<ResetRequest[]>(
        `select id, email from password_reset_requests
         where tenant_id = $1 and created_at < now() - make_interval(secs => $2) order by random() limit $3`,
        [SYSTEM_TENANT_ID, LEFT_SECONDS, BATCH],
      ),
    );
  }

  /** @returns how many nobody could do for so long that nobody will */
  async giveUp(): Promise<number> {
    const [, dropped] = await this.system.write((manager) =>
      manager.query<[unknown[], number]>(
        'delete from password_reset_requests where tenant_id = $1 and created_at < now() - make_interval(secs => $2)',
        [SYSTEM_TENANT_ID, KEPT_SECONDS],
      ),
    );
    return dropped;
  }

  async done({ id }: ResetRequest): Promise<void> {
    await this.system.write((manager) =>
      manager.query('delete from password_reset_requests where tenant_id = $1 and id = $2', [SYSTEM_TENANT_ID, id]),
    );
  }

  private get system(): DatabaseSession {
    return this.database.as({ role: 'service', claims: { tenant_id: SYSTEM_TENANT_ID, role: 'admin' } });
  }
}
