import { readFileSync } from 'node:fs';
import type { ConfigSection } from './section.js';

/** Parsed sections by token. */
export type LoadedConfig = ReadonlyMap<symbol, object>;

/** Every fault of the configuration at once: names and reasons, never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}

/**
 * Parses all sections at once. `NAME_FILE` names a file that holds the value of `NAME` (mounted secrets).
 * The only reader of the environment.
 * @throws ConfigurationError with every fault
 */
export function loadConfig(
  sections: readonly ConfigSection[],
  environment: NodeJS.ProcessEnv = process.env,
): LoadedConfig {
  const faults: string[] = [];
  const loaded = new Map<symbol, object>();
  for (const section of sections) {
    const variables: Record<string, string | undefined> = {};
    for (const name of section.variables) variables[name] = readVariable(name, environment, faults);
    const parsed = section.schema.safeParse(variables);
    if (parsed.success) loaded.set(section.token, deepFreeze(parsed.data));
    else
      faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.') || section.name}: ${issue.message}`));
  }
  if (faults.length > 0) throw new ConfigurationError([...new Set(faults)]);
  return loaded;
}

function readVariable(name: string, environment: NodeJS.ProcessEnv, faults: string[]): string | undefined {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (value !== undefined && value !== '') {
    if (file) faults.push(`${name}: set it or ${name}_FILE, not both`);
    return value;
  }
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
    return undefined;
  }
}

/** Plain objects and arrays only: a key or a date has a life of its own. */
function deepFreeze<Value>(value: Value): Value {
  const plain =
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (!plain) return value;
  for (const child of Object.values(value as object)) deepFreeze(child);
  return Object.freeze(value);
}
