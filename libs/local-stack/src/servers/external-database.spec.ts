import { externalNodes } from './external-database.js';

const node = { id: 'a', host: 'db-a', port: 5433, database: 'shop', weight: 2, is_primary: true };
const replica = { ...node, id: 'b', host: 'db-b', is_primary: false };
const url = 'postgres://root:s%40crt@db-x:5432/techze';

test('DATABASE_URL alone is the one node', () => {
  expect(externalNodes({ DATABASE_URL: url })).toEqual([
    {
      variable: 'DATABASE_URL',
      url,
      settings: { id: 'primary', host: 'db-x', port: 5432, database: 'techze', weight: 1, is_primary: true },
    },
  ]);
  expect(externalNodes({})).toBeUndefined();
});

test('DATABASE_NODES gives the topology, DATABASE_URL the credentials', () => {
  const nodes = externalNodes({ DATABASE_URL: url, DATABASE_NODES: JSON.stringify([node, replica]) });
  expect(nodes?.map((each) => each.url)).toEqual([
    'postgres://root:s%40crt@db-a:5433/shop',
    'postgres://root:s%40crt@db-b:5433/shop',
  ]);
  expect(nodes?.map((each) => each.settings)).toEqual([node, replica]);
});

test("a node's own credentials are used and not passed on", () => {
  const [only] = externalNodes({ DATABASE_NODES: JSON.stringify([{ ...node, user: 'u', password: 'p/w' }]) }) ?? [];
  expect(only?.url).toBe('postgres://u:p%2Fw@db-a:5433/shop');
  expect(only?.settings).toEqual(node);
});

test.each([
  [{ DATABASE_URL: 'mysql://x@secret' }, 'DATABASE_URL: is not a postgres://'],
  [{ DATABASE_URL: 'secret' }, 'DATABASE_URL: is not a postgres://'],
  [{ DATABASE_NODES: '[{"secret' }, 'DATABASE_NODES: is not valid JSON'],
  [{ DATABASE_NODES: '[]' }, 'DATABASE_NODES: needs exactly one node with is_primary'],
  [{ DATABASE_NODES: JSON.stringify([{ ...node, port: 'secret' }]) }, 'DATABASE_NODES: 0.port'],
  [{ DATABASE_NODES: JSON.stringify([node]) }, 'DATABASE_NODES (a): no superuser'],
])('a fault is one line that names the variable and quotes nothing: %j', (variables, message) => {
  let said = '';
  try {
    externalNodes(variables);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toContain(message);
  expect(said).not.toMatch(/\n|secret/);
});
