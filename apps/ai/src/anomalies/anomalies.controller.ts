import { Controller } from '@nestjs/common';
import {
  diagnosticCompleted,
  diagnosticDeleted,
  getAnomaly,
  getAnomalyRate,
  judgeAnomaly,
  listAnomalies,
  previewAnomalies,
  type AnomalyPage,
  type AnomalyPreview,
  type AnomalyRate,
  type DeviceAnomaly,
  type EventEnvelope,
  type GetAnomaly,
  type JudgedAnomaly,
  type ListAnomaliesQuery,
  type PreviewAnomalies,
} from '@techze/contracts';
import { Inbox } from '@techze/outbox';
import { HandlesCommand, HandlesEvent } from '@techze/transport';
import type { z } from 'zod';
import { AnomalyFeedbackService, type JudgeAnomaly } from './anomaly-feedback.service.js';
import { AnomalyPreviews } from './anomaly-previews.service.js';
import { AnomalyReads } from './anomaly-reads.service.js';
import { AnomalyScoring } from './anomaly-scoring.service.js';

@Controller()
export class AnomaliesController {
  constructor(
    private readonly inbox: Inbox,
    private readonly scoring: AnomalyScoring,
    private readonly reads: AnomalyReads,
    private readonly feedback: AnomalyFeedbackService,
    private readonly previews: AnomalyPreviews,
  ) {}

  @HandlesEvent(diagnosticCompleted)
  async completed(event: EventEnvelope<z.infer<typeof diagnosticCompleted.data>>): Promise<void> {
    const { tenant_id: tenantId, data } = event;
    const { device_id: deviceId, diagnostic_id: diagnosticId, seen_at, measurements } = data;
    const diagnostic = { tenantId, deviceId, diagnosticId, seenAt: new Date(seen_at), measurements };
    await this.inbox.once(event, (manager) => this.scoring.score(manager, diagnostic, new Date()));
  }

  @HandlesEvent(diagnosticDeleted)
  async deleted(event: EventEnvelope<z.infer<typeof diagnosticDeleted.data>>): Promise<void> {
    const { tenant_id: tenantId, data } = event;
    const diagnostic = { tenantId, deviceId: data.device_id, measurements: data.measurements };
    await this.inbox.once(event, (manager) => this.scoring.forget(manager, diagnostic));
  }

  @HandlesCommand(listAnomalies)
  list(query: ListAnomaliesQuery): Promise<AnomalyPage> {
    return this.reads.list(query);
  }

  @HandlesCommand(getAnomaly)
  get({ id }: GetAnomaly): Promise<DeviceAnomaly> {
    return this.reads.get(id);
  }

  @HandlesCommand(getAnomalyRate)
  rate({ device_id }: { device_id: string }): Promise<AnomalyRate> {
    return this.reads.rate(device_id);
  }

  @HandlesCommand(judgeAnomaly)
  judge(request: JudgeAnomaly): Promise<JudgedAnomaly> {
    return this.feedback.judge(request);
  }

  @HandlesCommand(previewAnomalies)
  preview(body: PreviewAnomalies): Promise<AnomalyPreview> {
    return this.previews.preview(body);
  }
}
