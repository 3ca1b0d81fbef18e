import { z } from 'zod';

/** Text that people read: no control characters (Postgres cannot store NUL), no lone surrogates. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // eslint-disable-next-line no-control-regex -- refusing control characters is the point
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'must not contain control characters')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

/** The same without blanks around it: a name of blanks alone is none. */
export const trimmed = (max: number) => z.string().trim().pipe(text(max));

/** Text that a machine may leave empty, as libraries do with what they do not know: then it is not there. */
export const textOrNothing = (max: number) =>
  z
    .union([text(max), z.literal(''), z.null()])
    .transform((value) => value || undefined)
    .pipe(text(max).optional())
    .optional();

/** A name that mails and lists show on one line. */
export const oneLine = (max: number) =>
  trimmed(max).refine((name) => !/[\t\n\r\u0085\u2028\u2029]/.test(name), 'must be one line');

export const personName = oneLine(200);
