import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Analysis,
  analyze,
  Analyze,
  DetectAnomalies,
  detectAnomalies,
  DetectedAnomalies,
  RecognisedPatterns,
  RecognisePatterns,
  recognisePatterns,
  type Command,
  type Freight,
  type UnparsedJson,
} from '@techze/contracts';
import { Parcels, RpcClient } from '@techze/transport';
import { TakesUnparsed } from '../edge/json-body.js';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';

const problems = [
  'invalid-token',
  'forbidden',
  'device-not-found',
  'ambiguous-input',
  'insufficient-data',
  ...bodyProblems,
  'computation-too-long',
  ...dependencyProblems,
] as const;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Computations of the ai service. Bodies and answers are large and pass as bytes: the schemas here document them, and a
 * worker thread of the service holds the bodies to them.
 */
@ApiTags('ai')
@RateClass('api_heavy')
@Controller('api/v3/ai')
export class ComputationsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly parcels: Parcels,
  ) {}

  @Allow(...detectAnomalies.roles)
  @Post('anomaly-detect')
  @HttpCode(200)
  @TakesUnparsed()
  @Header('content-type', JSON_TYPE)
  @ApiOperation({
    operationId: 'detectAnomalies',
    summary: 'Find anomalies in a series, or in several together',
    description:
      'Each row is judged by the rows before it alone. Send `series` or `multivariate`, or name what is stored by `device_id` and `metric`: exactly one. At least 30 rows; with the `state` of an earlier answer those that it has seen count. Missing values (null) get no score; more than a fifth of them is 422. Nothing is stored. At most 8 MiB and 100,000 rows.',
  })
  @Answers(200, DetectedAnomalies, [...problems, 'too-many-missing', 'invalid-state'])
  detectAnomalies(@Body({ schema: DetectAnomalies }) body: UnparsedJson): Promise<Buffer> {
    return this.ask(detectAnomalies, body);
  }

  @Allow(...analyze.roles)
  @Post('analyze')
  @HttpCode(200)
  @TakesUnparsed()
  @Header('content-type', JSON_TYPE)
  @ApiOperation({
    operationId: 'analyze',
    summary: 'Foresee a disk failing, a disk filling up, a battery wearing out, or a series going on',
    description:
      'By `kind`, from what is sent or from what is stored of a device: exactly one. A probability comes with what it rests on, an estimate with its band, both with what drives them. What is stored and too little is 200 with `insufficient_data`; what was sent and is too little is 422. Nothing is stored.',
  })
  @Answers(200, Analysis, [...problems, 'too-many-missing'])
  analyze(@Body({ schema: Analyze }) body: UnparsedJson): Promise<Buffer> {
    return this.ask(analyze, body);
  }

  @Allow(...recognisePatterns.roles)
  @Post('pattern-recognition')
  @HttpCode(200)
  @TakesUnparsed()
  @Header('content-type', JSON_TYPE)
  @ApiOperation({
    operationId: 'recognisePatterns',
    summary: 'Find seasons, change points, motifs, log templates, sequences, and incidents of the fleet',
    description:
      'In a series (sent or stored), in lines of a log, or in events: exactly one; `cohorts` looks at the open findings of the tenant’s devices and needs none. By default everything that the input allows. Nothing is stored.',
  })
  @Answers(200, RecognisedPatterns, [...problems, 'too-many-missing'])
  recognisePatterns(@Body({ schema: RecognisePatterns }) body: UnparsedJson): Promise<Buffer> {
    return this.ask(recognisePatterns, body);
  }

  private async ask(command: Command<typeof Freight, typeof Freight>, { bytes }: UnparsedJson): Promise<Buffer> {
    this.rpc.admit(command.service);
    const request = await this.parcels.pack(bytes);
    try {
      return await this.parcels.unpackOnce(await this.rpc.call(command, request));
    } finally {
      void this.parcels.discard(request);
    }
  }
}
