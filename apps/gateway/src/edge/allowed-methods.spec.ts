import fastify from 'fastify';
import { AllowedMethods } from './allowed-methods.js';

const allowed = new AllowedMethods();
const server = fastify();
allowed.watch(server);
server.get('/things/:id', () => ({}));
server.put('/things/:id', () => ({}));
server.post('/things', () => ({}));
server.get('/a.b', () => ({}));

describe('allowed methods', () => {
  it('are those of every route that the path fits, HEAD among them where GET is', () => {
    expect(allowed.of('/things/7')).toEqual(['GET', 'HEAD', 'PUT']);
    expect(allowed.of('/things')).toEqual(['POST']);
  });

  it('are none where no route fits', () => {
    for (const path of ['/', '/thing', '/things/7/8', '/things/', '/axb']) expect(allowed.of(path)).toEqual([]);
  });
});
