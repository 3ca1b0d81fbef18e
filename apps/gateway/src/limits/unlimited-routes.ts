/** Templates of routes that count against nothing: monitors ask them, or what they answer is public and the same for all. */
const UNLIMITED = new Set(['/live', '/ready', '/health', '/metrics', '/api/v1/health', '/api/openapi.json']);
const DOCS = '/api/docs';

/** @param route the template that the router found, never what the caller wrote */
export function isUnlimited(route: string | undefined): boolean {
  return route !== undefined && (UNLIMITED.has(route) || route === DOCS || route.startsWith(`${DOCS}/`));
}
