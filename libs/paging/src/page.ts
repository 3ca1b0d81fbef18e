import type { Cursors, PagePosition } from './cursors.js';

/** Folds one row more than asked for into a page: it tells whether there is more. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  list: string,
  cursors: Cursors,
  position: (row: Row) => PagePosition,
) {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const hasMore = rows.length > limit;
  return {
    data,
    page: { next_cursor: hasMore && last ? cursors.encode(list, position(last)) : null, has_more: hasMore },
  };
}
