import { z } from 'zod';

/** Query parameters that every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Rows in a page, 1 to 200.'),
  cursor: z.string().max(512).optional().describe('next_cursor of the page before.'),
};

/** A page of a list: rows and where the next page begins. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    page: z.object({ next_cursor: z.string().nullable(), has_more: z.boolean() }),
  });
}
