import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const durationMs = z.number().int().min(0);

/** What a scan at a certain scanner says of a parcel. */
export const scannedStep = z.enum(['picked', 'packed', 'shipped', 'handed-over', 'delivered', 'returned']);

export const orderSettings = z.strictObject({
  /** Scanners by asset, and what it means that a parcel is scanned there. */
  scanners: z.record(identifier, scannedStep).default({}),
  /** What stands in front of an order's number in a scanned code; the rest is the number. */
  codePrefixes: z.array(z.string().min(1).max(32)).max(32).default(['ORDER-', 'ORDER:', 'ORD-', 'O-']),
  /** Clocks of shop, payment service and gateways differ by up to so much. */
  skewMs: durationMs.default(2 * MINUTE_MS),
  /** What should have come before is waited for so long: a webhook may be delivered late. */
  waitMs: durationMs.default(15 * MINUTE_MS),
  /** Goods that were refunded must have come back by then. */
  returnWithinMs: durationMs.default(3 * DAY_MS),
  /** What was paid must have left the house, or been cancelled, by then. */
  leaveWithinMs: durationMs.default(14 * DAY_MS),
  /** Refunds up to this share of the price are a courtesy, for which nothing needs to come back. */
  courtesyShare: z.number().min(0).max(1).default(0.3),
  /** Amounts that differ by no more than this share are the same. */
  tolerance: z.number().min(0).max(0.5).default(0.005),
  /** Ways to pay that no payment service authorises: on delivery, by invoice, by transfer. */
  payLater: z
    .array(z.string().max(64))
    .max(64)
    .default(['cod', 'bacs', 'cheque', 'invoice', 'cash', 'transfer', 'gift-card', 'voucher']),
  /**
   * Hand-overs that couriers prove (identity bridge): what a proof at a verifier's asset says of the parcel, without an
   * entry that it was handed over; and whose orders may not go without one.
   */
  proof: z
    .strictObject({
      at: z.record(identifier, scannedStep).default({}),
      /** Shops by asset; all orders of these. */
      shops: z.array(identifier).max(1_000).default([]),
      /** Orders of at least this price, of whatever shop. */
      fromAmount: z.number().min(0).optional(),
    })
    .default({ at: {}, shops: [] }),
  /** Whether every payment must be known from a payment service; without it, from the first that one tells on. */
  expectsPayments: z.boolean().optional(),
  /** Whether returns are told; without it, by every shop but WooCommerce, which has no word for them. */
  expectsReturns: z.boolean().optional(),
});
export type OrderSettings = z.infer<typeof orderSettings>;
