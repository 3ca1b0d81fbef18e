import type { OpenAPIObject } from '@nestjs/swagger';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly example?: unknown;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
  readonly security?: readonly unknown[];
  readonly 'x-allowed-roles'?: readonly string[];
  readonly 'x-rate-limit-class'?: string;
}

/** The OpenAPI document as a page that people read: docs/API_REFERENCE.md. */
export function renderApiReference(document: OpenAPIObject): string {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) =>
      renderOperation(method.toUpperCase(), path, operation),
    ),
  );
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, schema]) => renderSchema(name, schema));
  return [
    '# API reference',
    '<!-- Made by `npm run openapi` from the code. Do not edit: `npm run check` compares. -->',
    document.info.description ?? '',
    'The same as a machine reads it: `/api/openapi.json`; to try it out: `/api/docs`.',
    '## Operations',
    ...operations,
    '## Schemas',
    ...schemas,
    '',
  ].join('\n\n');
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const { parameters = [], requestBody, responses } = operation;
  const roles = operation['x-allowed-roles'];
  const who = operation.security?.length === 0 ? 'Needs no credential.' : `For: ${(roles ?? []).join(', ')}.`;
  return [
    `### ${method} ${path}`,
    [`${operation.summary ?? ''}.`, who, ...(operation.description ? [operation.description] : [])].join(' '),
    `Rate limit: ${operation['x-rate-limit-class'] ?? ''}.`,
    ...(requestBody ? [`Body: ${contentName(requestBody.content)}`] : []),
    ...(parameters.length > 0 ? [table(['parameter', 'in', 'type', 'what'], parameters.map(parameterRow))] : []),
    table(
      ['status', 'body', 'what'],
      Object.entries(responses).map(([status, { description = '', content }]) => [
        status,
        content ? contentName(content) : '',
        description.replaceAll('\n\n', '<br>'),
      ]),
    ),
  ].join('\n\n');
}

function parameterRow({ name, in: place, required = false, description, schema }: Parameter): string[] {
  return [
    `\`${name}\``,
    place,
    typeName(schema ?? {}),
    `${required ? 'Required. ' : ''}${description ?? schema?.description ?? ''}`,
  ];
}

function renderSchema(name: string, schema: Schema): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    `\`${key}\`${required.has(key) ? '' : '?'}`,
    typeName(property),
    property.description ?? '',
  ]);
  const example =
    schema.example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(schema.example, null, 2)}\n\`\`\``];
  return [`### ${name}`, rows.length > 0 ? table(['field', 'type', 'what'], rows) : typeName(schema), ...example].join(
    '\n\n',
  );
}

function contentName(content: Content): string {
  const [schema] = Object.values(content).map((media) => media.schema);
  return typeName(schema ?? {});
}

function typeName(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeName))].join(' or ');
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `map of ${typeName(schema.additionalProperties)}`;
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return schema.format ? `${type} (${schema.format})` : type;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
