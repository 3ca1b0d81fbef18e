import type { Answer } from './fake-service.js';
import { wornDisk } from './stored-diagnostics.js';

interface Kept {
  id: string;
  collected_at: string;
  agent: { id?: string };
}

/** A service that stores: the first answer of a key is given again, as the real one does it for a day. */
export class DiagnosticsStore {
  /** In the order in which they came to be stored. */
  readonly kept: Kept[] = [];
  private readonly byKey = new Map<string, Kept>();

  /** Stores and says so. */
  readonly take: Answer = (request, response) => {
    const kept = this.keep(request.headers['idempotency-key'], request.body as Kept);
    response
      .writeHead(201, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...wornDisk, partial: false, id: kept.id, collected_at: kept.collected_at }));
  };

  /** Stores, and the answer gets lost. */
  readonly takeAndLoseAnswer: Answer = (request, response) => {
    this.keep(request.headers['idempotency-key'], request.body as Kept);
    response.destroy();
  };

  /** GET: all of it on one page. */
  readonly list: Answer = (_, response) => {
    const page = { data: this.kept, page: { next_cursor: null, has_more: false } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
  };

  /** The keys are forgotten after a day. */
  forgetKeys(): void {
    this.byKey.clear();
  }

  /** Once for each key. */
  keep(key: string | string[] | undefined, body: Kept): Kept {
    const known = this.byKey.get(String(key));
    if (known !== undefined) return known;
    const id = `dgn_${String(this.kept.length).padStart(32, '0')}`;
    const kept = { id, collected_at: body.collected_at, agent: body.agent };
    this.kept.push(kept);
    this.byKey.set(String(key), kept);
    return kept;
  }
}
