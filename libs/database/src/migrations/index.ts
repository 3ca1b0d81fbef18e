import { Accounts1795700000000 } from './1795700000000-accounts.migration.js';
import { Anomalies1795800000000 } from './1795800000000-anomalies.migration.js';
import { ApiUsage1795700006000 } from './1795700006000-api-usage.migration.js';
import { ApiKeys1795700003000 } from './1795700003000-api-keys.migration.js';
import { Audit1795300003000 } from './1795300003000-audit.migration.js';
import { AuditBounds1795700003001 } from './1795700003001-audit-bounds.migration.js';
import { AuditBoundsProved1795700003002 } from './1795700003002-audit-bounds-proved.migration.js';
import { AuditDataKeys1795700004001 } from './1795700004001-audit-data-keys.migration.js';
import { AuditRetention1795700004000 } from './1795700004000-audit-retention.migration.js';
import { AuditSeals1795600000000 } from './1795600000000-audit-seals.migration.js';
import { Claims1795300000000 } from './1795300000000-claims.migration.js';
import { Diagnostics1795300002000 } from './1795300002000-diagnostics.migration.js';
import { EventFeed1795700005000 } from './1795700005000-event-feed.migration.js';
import { FindingsLife1795400001000 } from './1795400001000-findings-life.migration.js';
import { Fleet1795400000000 } from './1795400000000-fleet.migration.js';
import { Identity1795300001000 } from './1795300001000-identity.migration.js';
import { Measurements1795400002000 } from './1795400002000-measurements.migration.js';
import { Messages1795300004000 } from './1795300004000-messages.migration.js';
import { RateLimits1795500000000 } from './1795500000000-rate-limits.migration.js';
import { Recommendations1795800001000 } from './1795800001000-recommendations.migration.js';
import { Sessions1795700001000 } from './1795700001000-sessions.migration.js';
import { TenantLife1795700002000 } from './1795700002000-tenant-life.migration.js';

/** In the order in which they run. A migration that was released is never edited. */
export const migrations = [
  Claims1795300000000,
  Identity1795300001000,
  Diagnostics1795300002000,
  Audit1795300003000,
  Messages1795300004000,
  Fleet1795400000000,
  FindingsLife1795400001000,
  Measurements1795400002000,
  RateLimits1795500000000,
  AuditSeals1795600000000,
  Accounts1795700000000,
  Sessions1795700001000,
  TenantLife1795700002000,
  ApiKeys1795700003000,
  AuditBounds1795700003001,
  AuditBoundsProved1795700003002,
  AuditRetention1795700004000,
  AuditDataKeys1795700004001,
  EventFeed1795700005000,
  ApiUsage1795700006000,
  Anomalies1795800000000,
  Recommendations1795800001000,
];
