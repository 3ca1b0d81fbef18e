export { EventTokenMinter } from './event-token-minter.js';
export { Inbox } from './inbox.js';
export { Outbox } from './outbox.js';
export { OutboxModule } from './outbox.module.js';
export type { OutboxOptions } from './outbox-options.js';
export { Pause } from './pause.js';
