import { Audit1795300003000 } from './1795300003000-audit.migration.js';
import { Claims1795300000000 } from './1795300000000-claims.migration.js';
import { Diagnostics1795300002000 } from './1795300002000-diagnostics.migration.js';
import { Identity1795300001000 } from './1795300001000-identity.migration.js';
import { Messages1795300004000 } from './1795300004000-messages.migration.js';

/** In the order in which they run. A migration that was released is never edited. */
export const migrations = [
  Claims1795300000000,
  Identity1795300001000,
  Diagnostics1795300002000,
  Audit1795300003000,
  Messages1795300004000,
];
