import type { Principal } from '@techze/contracts';

/** Signs who an event is delivered for. Implemented by the auth lib, a sibling of this one; the app binds the two. */
export abstract class EventTokenMinter {
  /** A token that receivers verify, valid for a minute at most: redeliveries are signed again. */
  abstract mint(principal: Principal): Promise<string>;
}
