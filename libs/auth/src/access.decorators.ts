import { SetMetadata } from '@nestjs/common';
import type { Role } from '@techze/contracts';

/** Metadata keys of the guards. */
export const PUBLIC = 'techze:public';
export const ALLOWED_ROLES = 'techze:allowed-roles';

/** A route that needs no credential. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Who may call a route. A route with neither decorator is closed to everybody. */
export const AllowRoles = (...roles: readonly Role[]) => SetMetadata(ALLOWED_ROLES, roles);
