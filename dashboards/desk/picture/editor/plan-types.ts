export type {
  PlanAsset,
  PlanFloor,
  PlanImageTaken,
  PlanZone,
  SitePlan,
} from '../../../../cloud/api/contract.ts';

/** A point in the plan's own units. */
export interface PlanPoint {
  x: number;
  y: number;
}
