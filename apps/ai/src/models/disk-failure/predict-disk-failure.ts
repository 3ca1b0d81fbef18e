import { calibrated, logOddsOf, sigmoid } from './calibration.js';
import { DELTA_HOURS, HORIZON_HOURS, type Band, type DiskDriver, type DiskFailure } from './disk-failure.js';
import { COUNTERS, MEDIUM, TOGETHER, features, featuresAt } from './features.js';
import { knowsModel, priorOf } from './model-prior.js';
import { byRules } from './rules.js';
import { SmartHistory } from './smart-history.js';
import type { SmartSnapshot } from './smart-snapshot.js';
import { flashKind } from './solid-state.js';
import { trainedModel, type TrainedModel } from './trained-model.js';

/** Log odds below which a driver is not worth a line. */
const WORTH_SAYING = 0.01;

const NOTHING_SAID = 'no SMART attribute that a risk of failure can be told from: this is not a sign of health';

/** The risk that a disk fails within the horizon, by what it said of itself; one snapshot is enough, a past is better. */
export function predictDiskFailure(snapshots: readonly SmartSnapshot[]): DiskFailure {
  const history = SmartHistory.of(snapshots);
  const kind = flashKind(history);
  const told = kind ? byRules(history, kind) : byTrees(history, snapshots.length, trainedModel());
  return told ?? { risk: null, drivers: [], method: 'none', version: trainedModel().version, warnings: [NOTHING_SAID] };
}

function byTrees(history: SmartHistory, snapshots: number, model: TrainedModel): DiskFailure | null {
  if (!COUNTERS.some((id) => history.knows(id))) return null;
  const row = featuresAt(history, priorOf(model.priors, history.model));
  const score = model.trees.score(row);
  const probability = calibrated(model.calibration, score);
  const { training, fleet } = model.prevalence;
  return {
    risk: {
      probability,
      horizon_hours: HORIZON_HOURS,
      band: bandOf(model, score),
      calibration: {
        method: 'isotonic',
        prevalence: training,
        fleet_prevalence: fleet,
        fleet_probability: sigmoid(logOddsOf(probability) - logOddsOf(training) + logOddsOf(fleet)),
        note: 'Calibrated by cross-validation over drives of which the share `prevalence` failed within the horizon, by the choice of the sample; in fleets at large it is about `fleet_prevalence`, where the same disk has `fleet_probability`.',
      },
    },
    drivers: driversOf(history, model.trees.contributions(row).byFeature),
    method: 'gbdt',
    version: model.version,
    warnings: warningsOf(history, snapshots, model),
  };
}

function bandOf({ bands }: TrainedModel, score: number): Band {
  if (score >= bands.critical) return 'critical';
  if (score >= bands.high) return 'high';
  return score >= bands.elevated ? 'elevated' : 'low';
}

/** The parts of the features put together by what they were read from; what is not known moves nothing worth telling. */
function driversOf(history: SmartHistory, byFeature: Float64Array): DiskDriver[] {
  const sums = new Map<string, number>();
  features.forEach(({ attribute }, index) => {
    sums.set(attribute, (sums.get(attribute) ?? 0) + byFeature[index]!);
  });
  return [...sums]
    .map(([attribute, contribution]) => ({ attribute, ...readingOf(history, attribute), contribution }))
    .filter(({ value, contribution }) => value !== null && Math.abs(contribution) >= WORTH_SAYING)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

function readingOf(history: SmartHistory, attribute: string): Pick<DiskDriver, 'value' | 'delta_30d'> {
  if (attribute === 'model') return { value: history.model || null, delta_30d: null };
  if (attribute === 'age') return { value: finite(history.age), delta_30d: null };
  const read = attribute === TOGETHER ? MEDIUM.filter((id) => history.knows(id)) : [attribute];
  const sum = (of: (id: string) => number) => finite(read.reduce((whole, id) => whole + of(id), 0));
  return { value: sum((id) => history.latest(id)), delta_30d: sum((id) => history.change(id, DELTA_HOURS)) };
}

function warningsOf(history: SmartHistory, snapshots: number, model: TrainedModel): string[] {
  const missing = COUNTERS.filter((id) => !history.knows(id));
  return [
    ...(missing.length > 0 ? [`not reported by the disk: SMART ${missing.join(', ')}`] : []),
    ...(snapshots === 1 ? ['one snapshot: whether a counter grows is not known'] : []),
    ...(knowsModel(model.priors, history.model) ? [] : ['no disk of this model was in the training data']),
  ];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
