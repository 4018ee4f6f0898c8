/** How a control stands. */
export type ControlState = 'met' | 'violated' | 'no-data' | 'not-covered';

/** One look at how the house is run, with the figures that it rests on. */
export interface Check {
  state: Exclude<ControlState, 'not-covered'>;
  evidence: string;
}
