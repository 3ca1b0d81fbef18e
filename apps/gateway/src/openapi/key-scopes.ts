import type { OpenAPIObject } from '@nestjs/swagger';
import { problemCodes } from '@techze/contracts';
import { KEY_SCOPE_EXTENSION, keyScopeOf } from '../api-keys/key-scope.js';

interface Operation {
  tags?: string[];
  'x-allowed-roles'?: string[];
  responses: Record<string, { description?: string } | undefined>;
}

/** Says of every operation which scope lets an API key in; where nothing is said, none does. */
export function describeKeyScopes(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const scope = operation['x-allowed-roles'] && keyScopeOf(operation.tags, method);
      if (scope === undefined) continue;
      Object.assign(operation, { [KEY_SCOPE_EXTENSION]: scope });
      const refused = operation.responses['403'];
      if (refused) refused.description += `\n\n\`insufficient-scope\`: ${problemCodes['insufficient-scope'].detail}`;
    }
  }
}
