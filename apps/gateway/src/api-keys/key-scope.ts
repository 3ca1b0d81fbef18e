import { keyAreas, type KeyArea, type KeyScope } from '@techze/contracts';

/** Where @ApiTags keeps the tags of a controller. */
export const TAGS = 'swagger/apiUseTags';
/** Key of the OpenAPI document. */
export const KEY_SCOPE_EXTENSION = 'x-api-key-scope';

const areas: ReadonlySet<string> = new Set(keyAreas);
const READING = new Set(['GET', 'HEAD']);

/** The scope that lets an API key into a route: its tag is the area, its method the right. Undefined: no key gets in. */
export function keyScopeOf(tags: readonly string[] | undefined, method: string): KeyScope | undefined {
  const area = tags?.[0]?.replaceAll(' ', '-');
  if (area === undefined || !isKeyArea(area)) return undefined;
  return `${area}:${READING.has(method.toUpperCase()) ? 'read' : 'write'}`;
}

function isKeyArea(area: string): area is KeyArea {
  return areas.has(area);
}
