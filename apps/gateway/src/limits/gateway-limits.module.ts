import { Module } from '@nestjs/common';
import { LimitsModule } from '@techze/limits';
import { AccountThrottle } from './account-throttle.js';
import { Admission } from './admission.js';
import { TenantRates } from './tenant-rates.js';

/** Rate limits of the edge. */
@Module({
  imports: [LimitsModule],
  providers: [Admission, AccountThrottle, TenantRates],
  exports: [Admission, AccountThrottle],
})
export class GatewayLimitsModule {}
