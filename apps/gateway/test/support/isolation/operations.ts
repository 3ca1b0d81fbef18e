import type { Api } from '../api.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Documented {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly security?: readonly unknown[];
  readonly 'x-allowed-roles'?: readonly string[];
  readonly 'x-api-key-scope'?: string;
  readonly 'x-rate-limit-class'?: string;
}

/** A route as the API's own document has it. */
export interface Operation {
  /** Method and path, as the samples name it. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Undefined: needs no credential. */
  readonly roles: readonly string[] | undefined;
  readonly keyScope: string | undefined;
  readonly rateClass: string | undefined;
  readonly queryParameters: readonly string[];
  /** Members that its body may have; undefined when it takes none. */
  readonly bodyMembers: readonly string[] | undefined;
}

/** Every operation of /api/openapi.json. */
export async function operationsOf(api: Api): Promise<Operation[]> {
  const { body } = await api.call('/api/openapi.json');
  const schemas = body.components.schemas as Readonly<Record<string, Schema>>;
  const membersOf = (schema: Schema): string[] => {
    const named = schema.$ref === undefined ? undefined : schemas[schema.$ref.split('/').at(-1) ?? ''];
    if (named) return membersOf(named);
    return [
      ...Object.keys(schema.properties ?? {}),
      ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(membersOf),
    ];
  };
  return Object.entries(body.paths as Record<string, Record<string, Documented>>).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, documented]) => {
      const schema = Object.values(documented.requestBody?.content ?? {})[0]?.schema;
      return {
        name: `${verb.toUpperCase()} ${path}`,
        method: verb.toUpperCase(),
        path,
        roles: documented.security?.length === 0 ? undefined : (documented['x-allowed-roles'] ?? []),
        keyScope: documented['x-api-key-scope'],
        rateClass: documented['x-rate-limit-class'],
        queryParameters: (documented.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name),
        bodyMembers: schema && membersOf(schema),
      };
    }),
  );
}
