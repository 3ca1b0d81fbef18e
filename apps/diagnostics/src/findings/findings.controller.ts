import { Controller } from '@nestjs/common';
import {
  acknowledgeFinding,
  falsePositiveFinding,
  getFinding,
  listFindings,
  resolveFinding,
  type ChangedFinding,
  type FindingDetail,
  type FindingPage,
  type GetFinding,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import type { z } from 'zod';
import { FindingActs } from './finding-acts.service.js';
import { FindingReads } from './finding-reads.service.js';

@Controller()
export class FindingsController {
  constructor(
    private readonly acts: FindingActs,
    private readonly reads: FindingReads,
  ) {}

  @HandlesCommand(listFindings)
  list(query: z.infer<typeof listFindings.request>): Promise<FindingPage> {
    return this.reads.list(query);
  }

  @HandlesCommand(getFinding)
  get(request: GetFinding): Promise<FindingDetail> {
    return this.reads.get(request);
  }

  @HandlesCommand(acknowledgeFinding)
  acknowledge(request: z.infer<typeof acknowledgeFinding.request>): Promise<ChangedFinding> {
    return this.acts.acknowledge(request);
  }

  @HandlesCommand(resolveFinding)
  resolve(request: z.infer<typeof resolveFinding.request>): Promise<ChangedFinding> {
    return this.acts.resolve(request);
  }

  @HandlesCommand(falsePositiveFinding)
  refute(request: z.infer<typeof falsePositiveFinding.request>): Promise<ChangedFinding> {
    return this.acts.refute(request);
  }
}
