// A bare Fastify that answers one JSON body: what bench:edge compares the gateway with.
import fastify from 'fastify';

const server = fastify();
const answer = JSON.parse(process.env.ANSWER ?? '{}');
server.get('/*', () => answer);
await server.listen({ port: 0, host: '127.0.0.1' });
process.send(server.server.address().port);
