import type { TestDatabase } from '@techze/testing';
import { tcpProxy, type TcpProxy } from './tcp-proxy.js';

/** The nodes of a test database, each behind a proxy. */
export interface ProxiedNodes {
  readonly primary: TcpProxy;
  /** Two ways to replicas. */
  readonly replicas: readonly [TcpProxy, TcpProxy];
  /** Variables of a service that knows the nodes by their proxies: `primary`, `replica`, `replica-2`. */
  readonly environment: Readonly<Record<string, string>>;
  /** All as it was: nothing blocked, nothing refused. */
  heal(): void;
  close(): Promise<void>;
}

/** Where the cluster has only one replica, it stands for two. */
export async function proxiedNodes(fresh: TestDatabase): Promise<ProxiedNodes> {
  const [first, second, third = second] = fresh.nodes;
  if (!first || !second || !third) throw new Error('no replica');
  const primary = await tcpProxy(first.port);
  const replicas = [await tcpProxy(second.port), await tcpProxy(third.port)] as const;
  const all = [primary, ...replicas];
  return {
    primary,
    replicas,
    environment: {
      ...fresh.environment('diagnostics'),
      DATABASE_NODES: JSON.stringify([
        { ...first, port: primary.port },
        { ...second, port: replicas[0].port },
        { ...third, id: 'replica-2', port: replicas[1].port },
      ]),
    },
    heal: () => {
      for (const proxy of all) {
        proxy.unblock();
        proxy.accept();
        proxy.delay(0);
      }
    },
    close: async () => void (await Promise.all(all.map((proxy) => proxy.close()))),
  };
}
