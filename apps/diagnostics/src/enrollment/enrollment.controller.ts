import { Controller } from '@nestjs/common';
import {
  admitAgent,
  listEnrollmentTokens,
  revokeEnrollmentToken,
  storeEnrollmentToken,
  type AdmitAgent,
  type AdmittedAgent,
  type EnrollmentTokenPage,
  type ListEnrollmentTokensQuery,
  type RevokeEnrollmentToken,
  type StoredEnrollmentToken,
  type StoreEnrollmentToken,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { EnrollmentTokensService } from './enrollment-tokens.service.js';
import { EnrollmentService } from './enrollment.service.js';

@Controller()
export class EnrollmentController {
  constructor(
    private readonly enrollment: EnrollmentService,
    private readonly tokens: EnrollmentTokensService,
  ) {}

  @HandlesCommand(admitAgent)
  admit(request: AdmitAgent): Promise<AdmittedAgent> {
    return this.enrollment.admit(request);
  }

  @HandlesCommand(storeEnrollmentToken)
  store(request: StoreEnrollmentToken): Promise<StoredEnrollmentToken> {
    return this.tokens.store(request);
  }

  @HandlesCommand(listEnrollmentTokens)
  list(query: ListEnrollmentTokensQuery): Promise<EnrollmentTokenPage> {
    return this.tokens.list(query);
  }

  @HandlesCommand(revokeEnrollmentToken)
  revoke(request: RevokeEnrollmentToken): Promise<null> {
    return this.tokens.revoke(request);
  }
}
