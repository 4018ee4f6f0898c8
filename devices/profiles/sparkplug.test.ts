/** Against Google's own compiler of Protocol Buffers: what it writes we read, what we write it reads. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldsOf, messageOf, ProtobufError, type ProtobufField } from './protobuf.ts';
import { REBIRTH_EVERY_MS, sparkplug } from './sparkplug.ts';
import { readSparkplug, rebirthRequest, signedValue } from './sparkplug-payload.ts';

/** The messages of Sparkplug 3.0, section 6.4, as far as we read them. */
const SCHEMA = `syntax = "proto2";
message PropertyValue {
  optional uint32 type = 1;
  optional bool is_null = 2;
  oneof value { uint32 int_value = 3; string string_value = 8; }
}
message PropertySet { repeated string keys = 1; repeated PropertyValue values = 2; }
message Metric {
  optional string name = 1;
  optional uint64 alias = 2;
  optional uint64 timestamp = 3;
  optional uint32 datatype = 4;
  optional bool is_historical = 5;
  optional bool is_transient = 6;
  optional bool is_null = 7;
  optional PropertySet properties = 9;
  oneof value {
    uint32 int_value = 10; uint64 long_value = 11; float float_value = 12; double double_value = 13;
    bool boolean_value = 14; string string_value = 15; bytes bytes_value = 16;
  }
}
message Payload {
  optional uint64 timestamp = 1;
  repeated Metric metrics = 2;
  optional uint64 seq = 3;
  optional string uuid = 4;
  optional bytes body = 5;
}
`;

describe('the wire format', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-protobuf-'));
    writeFileSync(join(folder, 'sparkplug.proto'), SCHEMA);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const protoc = (way: '--encode' | '--decode', input: string | Uint8Array): Buffer => {
    const args = [`${way}=Payload`, `--proto_path=${folder}`, join(folder, 'sparkplug.proto')];
    const run = spawnSync('protoc', args, { input });
    if (run.status !== 0)
      throw new Error(`protoc (Debian's protobuf-compiler): ${run.error?.message ?? run.stderr.toString()}`);
    return run.stdout;
  };

  it('is read as protoc writes it', () => {
    const bytes = protoc(
      '--encode',
      `timestamp: 1700000000123 seq: 255
       metrics { name: "Küche/Temperatur" alias: 18446744073709551615 datatype: 9 float_value: -18.5
         properties { keys: "readOnly" keys: "engUnit" values { type: 11 } values { type: 12 string_value: "°C" } } }
       metrics { alias: 3 datatype: 3 int_value: 4294967196 is_historical: true }
       metrics { name: "x" is_null: true }
       metrics { name: "d" datatype: 10 double_value: 3.25 timestamp: 1699999999999 }
       metrics { name: "b" datatype: 11 boolean_value: false is_transient: true }
       metrics { name: "t" datatype: 12 string_value: "2.1" }
       uuid: "any" body: "\\001\\377"`,
    );
    const read = readSparkplug(bytes);
    expect(read).toEqual({
      value: {
        timestamp: 1_700_000_000_123,
        seq: 255,
        metrics: [
          {
            name: 'Küche/Temperatur',
            alias: 18_446_744_073_709_551_615n,
            datatype: 9,
            isHistorical: false,
            isNull: false,
            unit: '°C',
            value: -18.5,
          },
          { alias: 3n, datatype: 3, isHistorical: true, isNull: false, value: 4_294_967_196n },
          { name: 'x', isHistorical: false, isNull: true },
          {
            name: 'd',
            timestamp: 1_699_999_999_999,
            datatype: 10,
            isHistorical: false,
            isNull: false,
            value: 3.25,
          },
          { name: 'b', datatype: 11, isHistorical: false, isNull: false, value: false },
          { name: 't', datatype: 12, isHistorical: false, isNull: false, value: '2.1' },
        ],
      },
    });
    expect(signedValue(4_294_967_196n, 3)).toBe(-100);
    expect(signedValue(4_294_967_196n, 7)).toBe(4_294_967_196);
  });

  it('is written as protoc reads it', () => {
    expect(protoc('--decode', rebirthRequest(1_700_000_000_123)).toString()).toBe(
      `timestamp: 1700000000123
metrics {
  name: "Node Control/Rebirth"
  timestamp: 1700000000123
  datatype: 11
  boolean_value: true
}
`,
    );
  });

  it('comes apart as it was put together; whatever else comes is refused, not thrown', () => {
    const number = fc.integer({ min: 1, max: 536_870_911 });
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const one: fc.Arbitrary<ProtobufField> = fc.oneof(
      fc.record({
        number,
        type: fc.constant('varint' as const),
        value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }),
      fc.record({ number, type: fc.constant('fixed64' as const), value: bytes(8) }),
      fc.record({ number, type: fc.constant('fixed32' as const), value: bytes(4) }),
      fc.record({ number, type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 200 }) }),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (fields) => {
        expect(fieldsOf(messageOf(fields), 20)).toEqual(fields);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        try {
          fieldsOf(noise, 1_000);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
        const read = readSparkplug(noise);
        if ('refused' in read) expect(read.refused).toContain('payload is no Sparkplug B');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an edge node', () => {
  it('is asked to be born again once a minute at most', () => {
    const memory = sparkplug.memory();
    const data = messageOf([
      { number: 2, type: 'bytes', value: messageOf([{ number: 2, type: 'varint', value: 1n }]) },
    ]);
    const at = (receivedAt: number) =>
      sparkplug.read({ topic: 'spBv1.0/g/DDATA/n/d', payload: data, retained: false, receivedAt }, memory);
    const asked = [0, 1_000, REBIRTH_EVERY_MS - 1, REBIRTH_EVERY_MS, REBIRTH_EVERY_MS + 1].map(
      (ms) => at(1_700_000_000_000 + ms).ask !== undefined,
    );
    expect(asked).toEqual([true, false, false, true, false]);
  });
});
