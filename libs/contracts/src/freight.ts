import { z } from 'zod';

/**
 * A content that may be large on its way: itself, or the name of where it lies meanwhile. Neither the edge nor a service
 * parses it on its event loop.
 */
export const Freight = z.union([z.object({ text: z.string() }), z.object({ parcel: z.string() })]);
export type Freight = z.infer<typeof Freight>;
