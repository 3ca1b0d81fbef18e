import { z } from 'zod';
import { SchemaValidationPipe } from './schema-validation.pipe.js';

const pipe = new SchemaValidationPipe();
const schema = z.strictObject({ name: z.string(), list: z.array(z.strictObject({ 'a/b~c': z.number() })).default([]) });
const validate = (value: unknown) => pipe.transform(value, { type: 'body', schema });

describe('validation', () => {
  it('gives what the schema makes of the input', async () => {
    expect(await validate({ name: 'n' })).toEqual({ name: 'n', list: [] });
  });

  it('points to every fault, and to each unknown field', async () => {
    await expect(
      validate({ list: [{ 'a/b~c': 'x' }, { 'a/b~c': 1, more: 2 }], other: 1, another: 2 }),
    ).rejects.toMatchObject({
      code: 'validation-failed',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '/name' }),
        expect.objectContaining({ pointer: '/list/0/a~1b~0c' }),
        { pointer: '/list/1/more', detail: 'is not a known field' },
        { pointer: '/other', detail: 'is not a known field' },
        { pointer: '/another', detail: 'is not a known field' },
      ]),
    });
  });

  it('names a hundred faults at most', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, 1]));
    await expect(validate(many)).rejects.toMatchObject({ errors: { length: 100 } });
  });
});
