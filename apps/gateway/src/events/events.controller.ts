import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Problem, rolesFrom, StreamedEvent, StreamEventsQuery } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BearerStrategy } from '../auth/bearer.strategy.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, dependencyProblems } from '../openapi/answers.decorator.js';
import type { EventFilter } from './event-stream.js';
import { EventStreams } from './event-streams.js';
import { parsePosition, type FeedPosition } from './feed-position.js';

const EXAMPLE = `retry: 1840

: heart-beat
id: 7731-evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f70

id: 7744-evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75
event: diagnostic.completed
data: ${JSON.stringify(StreamedEvent.meta()?.example)}

`;

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly bearer: BearerStrategy,
  ) {}

  @Allow(...rolesFrom('viewer'))
  @Get()
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Stream what happens',
    description:
      "Server-sent events of the tenant, each once and in order of commit, for as long as the credential holds. `id` is where to resume: send it as `Last-Event-ID`, to any gateway, and nothing is missed for 72 h; without it the stream begins now. `stream.reset`: what was missed is not known any more, read anew what you show. `stream.end`: the last event, with the reason `credential` (log in or refresh) or `shutdown` (connect again). A heart-beat comes every 15 s. A slow reader is served at its own pace; one that takes nothing for two heart-beats is cut. At most 10 streams of a user or API key and 200 of a tenant on one gateway. A browser's EventSource cannot send the credential: use fetch. docs/EVENTS.md has more.",
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The newest id that you have.' })
  @ApiResponse({
    status: 200,
    description: 'The stream.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @Answers(200, null, [
    'invalid-token',
    'forbidden',
    'validation-failed',
    'too-many-event-streams',
    ...dependencyProblems,
  ])
  async stream(
    @Query({ schema: StreamEventsQuery }) query: StreamEventsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const principal = currentContext()?.principal;
    if (!principal) throw new Problem('invalid-token');
    const resumeFrom = positionOf(request);
    const stream =
      request.method === 'HEAD'
        ? undefined
        : await this.streams.start({
            principal,
            verify: async () => (await this.bearer.verify(request)).principal,
            wants: filterOf(query),
            ...(resumeFrom && { resumeFrom }),
          });
    void reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    return stream && new StreamableFile(stream);
  }
}

/** An empty one is what a client sends that has none yet. @throws Problem `validation-failed` for what no stream ever sent */
function positionOf(request: FastifyRequest): FeedPosition | undefined {
  const lastEventId = request.headers['last-event-id'] ?? '';
  if (lastEventId === '') return undefined;
  const position = parsePosition(String(lastEventId));
  if (position) return position;
  throw new Problem('validation-failed', {
    errors: [{ pointer: '/Last-Event-ID', detail: 'must be the id of an event that this stream sent' }],
  });
}

function filterOf({ types, device_id }: StreamEventsQuery): EventFilter {
  return (event) =>
    (types === undefined || types.includes(event.type)) &&
    (device_id === undefined || event.data.device_id === device_id);
}
