/** What a portal asks of its reader (LLRP 1.0.1; the section of each stands beside it). Bodies of messages. */
import { joined, parameterTypes as of, tlv, u8, u16, u32 } from './parameters.ts';

/** The one inventory that a portal runs. */
const ROSPEC_ID = 1;
const INVENTORY_ID = 1;
/** EPCglobal Class 1 Generation 2, the only air protocol there is. */
const GEN2 = 1;

/** General device capabilities alone (9.1). */
export const getReaderCapabilities = (): Uint8Array => u8(1);

/** Which antennas are connected: of all antennas (0) the properties (2), no ports (12.1). */
export const getReaderConfig = (): Uint8Array => joined(u16(0), u8(2), u16(0), u16(0));

const REPORT_BUFFER_WARNING = 3;
const READER_EXCEPTION = 4;
const ANTENNA = 8;

/**
 * Keep-alives, news of antennas and of the reader's own troubles, and no report held back after a reconnection (12.3).
 * What people have set otherwise stays.
 */
export const setReaderConfig = (keepaliveMs: number): Uint8Array =>
  joined(
    u8(0),
    tlv(
      of.readerEventNotificationSpec,
      ...[REPORT_BUFFER_WARNING, READER_EXCEPTION, ANTENNA].map((event) =>
        tlv(of.eventNotificationState, u16(event), u8(0x80)),
      ),
    ),
    tlv(of.keepaliveSpec, u8(1), u32(keepaliveMs)),
    tlv(of.eventsAndReports, u8(0)),
  );

/** All of them (10.2): whatever ran before is nobody's any more. */
export const deleteRoSpecs = (): Uint8Array => u32(0);

/** Antenna, strength, time first seen, count of reads. */
const CONTENT = 0x1000 | 0x0400 | 0x0200 | 0x0080;
/** After each tag, or at the end of the inventory. */
const UPON_TAGS = 1;

/** An inventory on these antennas that goes on until it is stopped, and tells each tag at once (10.1, 11.2.1). */
export const addRoSpec = (antennas: readonly number[]): Uint8Array =>
  tlv(
    of.roSpec,
    u32(ROSPEC_ID),
    u8(0),
    u8(0),
    tlv(of.roBoundarySpec, tlv(of.roSpecStartTrigger, u8(0)), tlv(of.roSpecStopTrigger, u8(0), u32(0))),
    tlv(
      of.aiSpec,
      u16(antennas.length),
      ...antennas.map(u16),
      tlv(of.aiSpecStopTrigger, u8(0), u32(0)),
      tlv(of.inventoryParameterSpec, u16(INVENTORY_ID), u8(GEN2)),
    ),
    tlv(of.roReportSpec, u8(UPON_TAGS), u16(1), tlv(of.tagReportContentSelector, u16(CONTENT))),
  );

export const enableRoSpec = (): Uint8Array => u32(ROSPEC_ID);
export const startRoSpec = (): Uint8Array => u32(ROSPEC_ID);
export const nothing = new Uint8Array(0);
