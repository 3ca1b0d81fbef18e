import { AddressWatch } from './address-watch.js';

/** A watch over a name with these addresses, look by look; an error is a look that fails. */
function watchOver(...looks: (readonly string[] | Error)[]): AddressWatch {
  return new AddressWatch('db.example', (host) => {
    const look = looks.shift();
    if (host !== 'db.example' || look === undefined) throw new Error(`unexpected look at ${host}`);
    if (look instanceof Error) return Promise.reject(look);
    return Promise.resolve(look.map((address) => ({ address })));
  });
}

async function movesOf(looks: (readonly string[] | Error)[]): Promise<boolean[]> {
  const watch = watchOver(...looks);
  const moves: boolean[] = [];
  for (const _ of [...looks]) moves.push(await watch.moved());
  return moves;
}

const failed = Object.assign(new Error('getaddrinfo EAI_AGAIN db.example'), { code: 'EAI_AGAIN' });

test.each<[string, (readonly string[] | Error)[], boolean[]]>([
  ['a name that stays has not moved', [['10.0.0.1'], ['10.0.0.1']], [false, false]],
  ['a move is told once', [['10.0.0.1'], ['10.0.0.2'], ['10.0.0.2']], [false, true, false]],
  ['and so is the move back', [['10.0.0.1'], ['10.0.0.2'], ['10.0.0.1']], [false, true, true]],
  [
    'the order of addresses says nothing',
    [
      ['10.0.0.1', '::1'],
      ['::1', '10.0.0.1'],
    ],
    [false, false],
  ],
  [
    'neither does an address more, or one less',
    [['10.0.0.1'], ['10.0.0.2', '10.0.0.1'], ['10.0.0.1']],
    [false, false, false],
  ],
  [
    'a name that moves by way of both addresses has moved',
    [['10.0.0.1'], ['10.0.0.1', '10.0.0.2'], ['10.0.0.2']],
    [false, false, true],
  ],
  ['a look that fails is not a move', [['10.0.0.1'], failed, ['10.0.0.1']], [false, false, false]],
  ['nor does it hide one', [['10.0.0.1'], failed, ['10.0.0.2']], [false, false, true]],
  ['no address at all is a look that failed', [['10.0.0.1'], [], ['10.0.0.1']], [false, false, false]],
  ['a first look that fails is made up for', [failed, ['10.0.0.1'], ['10.0.0.2']], [false, false, true]],
])('%s', async (_, looks, moves) => {
  expect(await movesOf(looks)).toEqual(moves);
});

test.each(['192.0.2.1', '2001:db8::1'])('an address never moves, and nobody is asked: %s', async (host) => {
  const resolve = jest.fn(() => Promise.reject(new Error('asked')));
  const watch = new AddressWatch(host, resolve);
  expect([await watch.moved(), await watch.moved()]).toEqual([false, false]);
  expect(resolve).not.toHaveBeenCalled();
});
