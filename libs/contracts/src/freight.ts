import { z } from 'zod';

/**
 * A content that may be large on its way: itself, or the name of where it lies meanwhile and what it is (SHA-256, base64).
 * Neither the edge nor a service parses it on its event loop.
 */
export const Freight = z.union([z.object({ text: z.string() }), z.object({ parcel: z.string(), sha256: z.string() })]);
export type Freight = z.infer<typeof Freight>;
