import type { Collector } from '../collection/collector.js';

const MAX_SESSIONS = 200;

/** Who is logged in, since when and from where. Only where it was asked for: see `collectorsOf`. */
export const usersCollector: Collector = {
  section: 'users',
  async collect(machine, { include }) {
    const sessions = await machine.users();
    const list = sessions.slice(0, MAX_SESSIONS).map(({ user, tty, date, time, ip, command }) => ({
      user,
      tty,
      date,
      time,
      ip,
      ...(include.includes('process-args') && { command }),
    }));
    return { status: 'ok', data: { total: sessions.length, list } };
  },
};
