/** What is counted of the ingest since the start of the process. */
export interface IngestMetrics {
  batches: number;
  records: number;
  /** Records that were stored already. */
  duplicates: number;
  /** Records in quarantine. */
  refusedRecords: number;
  /** Batches that could not be read, or said to be somebody else's. */
  refusedBatches: number;
  /** Receipts that asked for records again. */
  resendsAsked: number;
  /** Gaps passed over without a loss notice. */
  unexplainedGaps: number;
  lossNotices: number;
  /** Records whose time was ahead of ours. */
  clockAhead: number;
  /** Batches sent back because too much waited for the store. */
  shed: number;
  unstoredBytes: number;
  connected: number;
}

export const noCounts = (): IngestMetrics => ({
  batches: 0,
  records: 0,
  duplicates: 0,
  refusedRecords: 0,
  refusedBatches: 0,
  resendsAsked: 0,
  unexplainedGaps: 0,
  lossNotices: 0,
  clockAhead: 0,
  shed: 0,
  unstoredBytes: 0,
  connected: 0,
});
