export {
  againstPeers,
  cohortOutliers,
  type CohortOutlier,
  type CohortTest,
  type PeerVerdict,
} from './cohort-outlier.js';
