import { Problem, UnparsedJson } from '@techze/contracts';
import type { Parcels, RpcClient } from '@techze/transport';
import { ComputationsController } from './computations.controller.js';

it('a computation that could only wait in vain is refused before its body is laid into Redis', async () => {
  const refused = new Problem('overloaded');
  const admit = jest.fn(() => {
    throw refused;
  });
  const pack = jest.fn();
  const controller = new ComputationsController({ admit } as unknown as RpcClient, { pack } as unknown as Parcels);
  await expect(controller.analyze(new UnparsedJson(Buffer.from('{}')))).rejects.toBe(refused);
  expect(admit).toHaveBeenCalledWith('ai');
  expect(pack).not.toHaveBeenCalled();
});
