import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { AllowRoles } from '@techze/auth';
import type { Role } from '@techze/contracts';

/** Who may call a route: held by the guard, and documented as `x-allowed-roles`. */
export function Allow(...roles: readonly Role[]): MethodDecorator {
  return applyDecorators(AllowRoles(...roles), ApiExtension('x-allowed-roles', roles));
}
