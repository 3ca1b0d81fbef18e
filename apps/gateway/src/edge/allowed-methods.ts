import type { FastifyInstance } from 'fastify';

/** Knows every route, so that a known path under a wrong method is told from an unknown path. */
export class AllowedMethods {
  private readonly routes: { readonly path: RegExp; readonly methods: Set<string> }[] = [];
  private readonly byUrl = new Map<string, Set<string>>();

  /** Watches routes as they are added: call before any is. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      let methods = this.byUrl.get(url);
      if (!methods) {
        methods = new Set();
        this.byUrl.set(url, methods);
        this.routes.push({ path: matcher(url), methods });
      }
      for (const name of [method].flat()) methods.add(name.toUpperCase());
    });
  }

  /** Methods that this path takes, sorted; empty for an unknown path. */
  of(path: string): string[] {
    const methods = new Set<string>();
    for (const route of this.routes) {
      if (route.path.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].sort();
  }
}

/** Our routes hold plain segments and `:parameters` only; a wildcard route has no wrong method worth naming. */
function matcher(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
