import { Controller, type Type } from '@nestjs/common';
import { checkServiceHealth, type BackendService, type HealthReport } from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { HealthChecks } from './health-checks.js';

/** Answers the gateway's question after this service's health; a class a service, since a pattern is fixed when a class is made. */
export function healthCommandController(service: BackendService): Type {
  @Controller()
  class HealthCommandController {
    constructor(private readonly checks: HealthChecks) {}

    @HandlesCommand(checkServiceHealth(service))
    health(): Promise<HealthReport> {
      return this.checks.report();
    }
  }
  return HealthCommandController;
}
