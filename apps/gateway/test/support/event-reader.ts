import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { StreamedEvent } from '@techze/contracts';
import { waitFor } from '@techze/testing';

export interface Received {
  /** Of its line `id`. */
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: StreamedEvent;
  /** When it came, epoch milliseconds. */
  readonly atMs: number;
}

interface Options {
  readonly token: string;
  readonly lastEventId?: string | undefined;
  readonly query?: string;
}

/** A client of `GET /api/v1/events` as the standard describes one (WHATWG, 9.2.6). */
export class EventReader {
  readonly events: Received[] = [];
  readonly comments: string[] = [];
  /** What a browser would send as Last-Event-ID. */
  lastEventId: string | undefined;
  retryMs: number | undefined;
  ended = false;
  private rest = '';
  private fields: Record<string, string> = {};

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => undefined);
  }

  static async open(baseUrl: string, options: Options): Promise<EventReader> {
    const response = await EventReader.ask(baseUrl, options);
    if (response.statusCode !== 200) throw new Error(`the stream was answered ${response.statusCode}`);
    return new EventReader(response);
  }

  /** The bare answer, of which nothing is read. */
  static async ask(baseUrl: string, { token, lastEventId, query = '' }: Options): Promise<IncomingMessage> {
    const asked = request(`${baseUrl}/api/v1/events${query}`, {
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
    });
    asked.on('error', () => undefined);
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return response;
  }

  /** Events of the tenant, without those about the stream itself. */
  get news(): readonly Received[] {
    return this.events.filter(({ event }) => !event?.startsWith('stream.'));
  }

  count(event: string): number {
    return this.events.filter((each) => each.event === event).length;
  }

  /** Until the stream is there: its first word came. */
  async untilOpen(): Promise<this> {
    await waitFor(() => this.retryMs !== undefined);
    return this;
  }

  close(): void {
    this.response.destroy();
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return void this.comments.push(line.slice(1).trim());
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    this.fields[field] = value;
  }

  private dispatch(): void {
    const { id, event, data, retry } = this.fields;
    this.fields = {};
    if (retry !== undefined) this.retryMs = Number(retry);
    if (id !== undefined) this.lastEventId = id;
    if (data !== undefined) this.events.push({ id, event, data: JSON.parse(data), atMs: Date.now() });
  }
}
