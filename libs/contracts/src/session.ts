import { z } from 'zod';
import { pageOf, pageQuery } from './page.js';

const example = {
  id: 'ses_019aa8c51f6b7d1e8f0a2b3c4d5e6f75',
  created_at: '2026-11-22T08:00:00.000Z',
  last_used_at: '2026-11-22T09:30:00.000Z',
  expires_at: '2026-11-29T09:30:00.000Z',
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  current: true,
};

/** One of a person's log-ins that stands. */
export const SessionView = z
  .object({
    id: z.string(),
    created_at: z.iso.datetime().describe('When it was logged in to.'),
    last_used_at: z.iso
      .datetime()
      .describe('When it was last refreshed; what its access tokens did since is not counted.'),
    expires_at: z.iso
      .datetime()
      .describe('When it ends unless it is refreshed before; never later than after 30 days.'),
    ip_address: z.string().nullable().describe('Where the log-in came from.'),
    user_agent: z.string().nullable().describe('What the log-in came from, in its own words.'),
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .meta({ id: 'Session', example });
export type SessionView = z.infer<typeof SessionView>;

/** GET /api/v1/auth/sessions, newest first. */
export const ListSessionsQuery = z.strictObject(pageQuery);
export type ListSessionsQuery = z.infer<typeof ListSessionsQuery>;

export const SessionPage = pageOf(SessionView).meta({
  id: 'SessionPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type SessionPage = z.infer<typeof SessionPage>;
