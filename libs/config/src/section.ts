import { z } from 'zod';

/**
 * The settings of one concern: a schema over environment variables (all strings, each with a description)
 * that yields a typed, frozen value. A lib exports its section; an app lists the sections it needs.
 */
export interface ConfigSection<Value extends object = object> {
  /** Injection token of the parsed value. */
  readonly token: symbol;
  readonly name: string;
  /** Names of the environment variables, in the order of `.env.example`. */
  readonly variables: readonly string[];
  readonly schema: z.ZodType<Value>;
}

/**
 * @param shape one schema a variable; an absent variable is `undefined` to it
 * @param build folds the variables into the section's value; may add issues that cross variables
 */
export function defineSection<Shape extends z.ZodRawShape, Value extends object>(
  name: string,
  shape: Shape,
  build: (variables: z.output<z.ZodObject<Shape>>, context: z.RefinementCtx) => Value,
): ConfigSection<Value> {
  return Object.freeze({
    token: Symbol(`config:${name}`),
    name,
    variables: Object.keys(shape),
    schema: z.object(shape).transform(build),
  });
}

/** The value that a section yields. */
export type SectionValue<Section> = Section extends ConfigSection<infer Value> ? Value : never;
