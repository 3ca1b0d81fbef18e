import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { Problem, toFaults, UnparsedJson } from '@techze/contracts';

/** Validates every parameter that names its schema: bodies, queries, path parameters and message payloads alike. */
export class SchemaValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) => new Problem('validation-failed', { errors: toFaults(issues) }),
    });
  }

  /** A body that nobody parsed yet is held to its schema where that happens; here the schema only documents it. */
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    return value instanceof UnparsedJson ? value : super.transform(value, metadata);
  }

  /** Hostile keys are refused where the body is parsed; stripping them here would walk every body a second time. */
  protected override stripProtoKeys(): void {}
}
