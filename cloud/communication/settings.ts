import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { networkOf } from '../sigma/address.ts';

const durationMs = z.number().int().min(1_000);
const HOUR_MS = 3_600_000;

const network = z
  .string()
  .max(64)
  .superRefine((text, context) => {
    try {
      networkOf(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

export const communicationSettings = z.strictObject({
  /**
   * Which asset has which address, where the registry does not say so itself (an asset's `addresses`); what is named
   * nowhere is known by its address alone.
   */
  addresses: z.record(z.union([z.ipv4(), z.ipv6()]), identifier).default({}),
  /**
   * Networks of whose machines every one is in `addresses`, and the asset that stands for the network: another address
   * there is a machine that somebody has brought.
   */
  closed: z.record(network, identifier).default({}),
  /** Our networks; addresses that nobody has on the Internet are ours in any case. */
  inside: z.array(network).max(256).default([]),
  /** Addresses, networks and names (with all below them) that are nobody's concern: the vendor's cloud, name servers. */
  usual: z.array(z.string().min(1).max(253)).max(1_000).default([]),
  /** So long everything about a device is new, and nothing is said of it. */
  learningMs: durationMs.default(7 * 24 * HOUR_MS),
  /** Who met somebody new more often than this in a week talks to whom it likes: the next one is no news. */
  newPerWeek: z.number().int().min(0).max(1_000).default(2),
  beacon: z
    .strictObject({
      /** Contacts from which on a rhythm is one. */
      contacts: z.number().int().min(8).max(64).default(12),
      /** Median deviation of the intervals from their median, as a share of it. */
      jitter: z.number().min(0.01).max(0.6).default(0.3),
    })
    .prefault({}),
  scan: z
    .strictObject({
      /** Ports of one machine. */
      ports: z.number().int().min(5).max(200).default(15),
      /** Machines of ours, at one port. */
      machines: z.number().int().min(5).max(200).default(12),
      /** Machines outside that one of ours tries at one port. */
      outsideMachines: z.number().int().min(10).max(200).default(60),
      /** A pause longer than this ends a scan; a slow one tries an address an hour. */
      pauseMs: durationMs.default(3 * HOUR_MS),
    })
    .prefault({}),
  outflow: z
    .strictObject({
      /** Below this nothing is a flood, bytes an hour. */
      bytes: z.number().int().min(1_000).default(50_000_000),
      /** So many times the most that the device sent at that time of day before. */
      factor: z.number().min(1.5).max(1_000).default(4),
    })
    .prefault({}),
  tunnel: z
    .strictObject({
      /** Different names under one domain, in an hour; in a day, twice as many. */
      names: z.number().int().min(20).max(200).default(60),
      /** Mean length of what stands in front of the domain. */
      length: z.number().int().min(8).max(200).default(20),
    })
    .prefault({}),
});
export type CommunicationSettings = z.infer<typeof communicationSettings>;
