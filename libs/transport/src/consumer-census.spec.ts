import { namesIn } from './consumer-census.js';

test('names of connections are read from CLIENT LIST, unnamed ones left out', () => {
  const list = 'id=1 addr=127.0.0.1:1 name=pod-1-ab age=1 lib-name=node-redis\nid=2 addr=127.0.0.1:2 name= age=1\n';
  expect([...namesIn(list)]).toEqual(['pod-1-ab']);
});
