/** How often disks of a model fail, and of its maker where too few of the model were seen; learnt in training. */
export interface ModelPriors {
  /** Log odds of a failure within the horizon, over all disks. */
  readonly all: number;
  readonly makers: Readonly<Record<string, number>>;
  readonly models: Readonly<Record<string, number>>;
}

/** `Seagate ST4000DM000-1F2168` and `ST4000DM000` are one model: tools put the maker before it, firmware behind it. */
export function modelName(reported: string): string {
  const words = reported.trim().toUpperCase().split(/\s+/);
  if (words.length > 1 && BRANDS.has(words[0]!)) words.shift();
  return (words[0] ?? '').split('-')[0]!;
}

const BRANDS = new Set(['SEAGATE', 'WDC', 'WD', 'HGST', 'HITACHI', 'TOSHIBA', 'SAMSUNG', 'ATA']);

/** The maker by how its model numbers begin. */
export function makerOf(model: string): string {
  return /^(ST|WD|HDS|HDT|HMS|HUH|HUS|MD|MG|MQ|DT)/.exec(model)?.[0] ?? '';
}

/** Log odds of a disk of this model failing, before anything is read of it. */
export function priorOf({ all, makers, models }: ModelPriors, reported: string): number {
  const model = modelName(reported);
  const maker = makerOf(model);
  if (Object.hasOwn(models, model)) return models[model]!;
  return Object.hasOwn(makers, maker) ? makers[maker]! : all;
}

export function knowsModel(priors: ModelPriors, reported: string): boolean {
  return Object.hasOwn(priors.models, modelName(reported));
}
