import { logOddsOf } from '../calibration.js';
import { makerOf, modelName, type ModelPriors } from '../model-prior.js';
import type { Drive } from './backblaze.js';

/** As many landmarks of the wider group stand beside a model's own: a model of ten disks says little by itself. */
const SHRINKAGE = 200;

/** Learnt from the landmarks of the drives: per model, shrunk to its maker's, and that to all. */
export function priorsOf(drives: readonly Drive[]): ModelPriors {
  const all = { seen: 0, failing: 0 };
  const makers = new Map<string, typeof all>();
  const models = new Map<string, typeof all>();
  for (const { model, landmarks } of drives) {
    const name = modelName(model);
    const counts = [all, countOf(makers, makerOf(name)), countOf(models, name)];
    for (const { fails } of landmarks) {
      for (const count of counts) {
        count.seen += 1;
        count.failing += Number(fails);
      }
    }
  }
  const rate = all.failing / all.seen;
  const shrunk = ({ seen, failing }: typeof all, to: number) => (failing + SHRINKAGE * to) / (seen + SHRINKAGE);
  const makerRate = (maker: string) => shrunk(makers.get(maker) ?? { seen: 0, failing: 0 }, rate);
  const stored = (value: number) => Number(logOddsOf(value).toFixed(4));
  return {
    all: stored(rate),
    makers: Object.fromEntries([...makers.keys()].map((maker) => [maker, stored(makerRate(maker))])),
    models: Object.fromEntries(
      [...models].map(([model, count]) => [model, stored(shrunk(count, makerRate(makerOf(model))))]),
    ),
  };
}

function countOf<T extends { seen: number; failing: number }>(
  counts: Map<string, T | { seen: number; failing: number }>,
  key: string,
) {
  const count = counts.get(key) ?? { seen: 0, failing: 0 };
  counts.set(key, count);
  return count;
}
