/** Decisions on risks, starter catalogues and adopted mitigations: what the desk's page on risk exchanges with the cloud. */

export type RiskDecisionKind = 'accept' | 'mitigate' | 'transfer' | 'avoid';

/** What somebody answers for. PUT /api/risk/decisions with all but `by`, `at` and `isDue`. */
export interface RiskDecision {
  /** A row of the register. */
  row: string;
  decision: RiskDecisionKind;
  /** Who answers for it. */
  owner: string;
  /** A calendar date: by then it is looked at again. */
  reviewOn: string;
  text: string;
  /** By which it is mitigated, where it is. */
  mitigation?: string;
  by: string;
  at: number;
  /** The review date has passed. */
  isDue: boolean;
}

export type CatalogueName = 'pharmacy' | 'warehouse' | 'shop' | 'bank-branch';

/** GET /api/risk/decisions */
export interface RiskDecisions {
  items: RiskDecision[];
  catalogues: { name: CatalogueName; title: string; assets: number; threats: number; mitigations: number }[];
  /** Sites with the starter catalogue that was laid over them, and which one seems to fit. */
  sites: { id: string; name: string; catalogue?: CatalogueName; seems: CatalogueName }[];
}

/** PUT /api/risk/catalogues {site, catalogue?}: without one it is taken away. PUT /api/risk/mitigations {id, inPlace}. */
export interface CatalogueChoice {
  site: string;
  catalogue?: CatalogueName;
}
