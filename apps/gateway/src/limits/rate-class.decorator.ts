import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { RateClass as Name } from '@techze/limits';

/** Metadata key of the guard. */
export const RATE_CLASS = 'techze:rate-class';
/** Key of the OpenAPI document. */
export const RATE_CLASS_EXTENSION = 'x-rate-limit-class';

/** Which limit a route, or every route of a controller, counts against; a route that names none is `default`. */
export function RateClass(name: Name): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(RATE_CLASS, name), ApiExtension(RATE_CLASS_EXTENSION, name));
}
