import { Controller } from '@nestjs/common';
import {
  changeThreshold,
  createThreshold,
  deleteThreshold,
  getEffectiveThresholds,
  getThreshold,
  getThresholdCatalogue,
  listThresholds,
  previewThreshold,
  type CreatedThreshold,
  type CreateThreshold,
  type DeleteThreshold,
  type EffectiveThresholds,
  type EffectiveThresholdsQuery,
  type GetThreshold,
  type ListThresholdsQuery,
  type PatchThreshold,
  type PreviewThreshold,
  type Threshold,
  type ThresholdCatalogue,
  type ThresholdPage,
  type ThresholdPreview,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { ThresholdEdits } from './threshold-edits.service.js';
import { ThresholdPreviews } from './threshold-previews.service.js';
import { ThresholdReads } from './threshold-reads.service.js';

@Controller()
export class ThresholdsController {
  constructor(
    private readonly edits: ThresholdEdits,
    private readonly reads: ThresholdReads,
    private readonly previews: ThresholdPreviews,
  ) {}

  @HandlesCommand(createThreshold)
  create(body: CreateThreshold): Promise<CreatedThreshold> {
    return this.edits.create(body);
  }

  @HandlesCommand(listThresholds)
  list(query: ListThresholdsQuery): Promise<ThresholdPage> {
    return this.reads.list(query);
  }

  @HandlesCommand(getThreshold)
  get({ id }: GetThreshold): Promise<Threshold> {
    return this.reads.get(id);
  }

  @HandlesCommand(changeThreshold)
  change(request: PatchThreshold): Promise<Threshold> {
    return this.edits.change(request);
  }

  @HandlesCommand(deleteThreshold)
  remove(request: DeleteThreshold): Promise<null> {
    return this.edits.remove(request);
  }

  @HandlesCommand(getThresholdCatalogue)
  catalogue(): ThresholdCatalogue {
    return this.reads.catalogue();
  }

  @HandlesCommand(getEffectiveThresholds)
  effective({ device_id }: EffectiveThresholdsQuery): Promise<EffectiveThresholds> {
    return this.reads.effective(device_id);
  }

  @HandlesCommand(previewThreshold)
  preview(body: PreviewThreshold): Promise<ThresholdPreview> {
    return this.previews.preview(body);
  }
}
