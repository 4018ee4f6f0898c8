import { expect, test } from 'vitest';
import { FLASH_BYTES, parseIntelHex } from './intel-hex.ts';

test('data lands at its address, everything else stays erased', () => {
  const flash = parseIntelHex(':040010000C945C00F0\n:0400140001020304DE\n:00000001FF\n');
  expect([...flash.subarray(8, 12)]).toEqual([0x940c, 0x005c, 0x0201, 0x0403]);
  expect(flash[0]).toBe(0xffff);
  expect(flash.byteLength).toBe(FLASH_BYTES);
});

test('segment and linear addresses are added', () => {
  const flash = parseIntelHex(
    ':020000020100FB\n:02000000ABCD86\n:020000040000FA\n:020002001122C9\n:00000001FF',
  );
  expect(flash[0x1000 / 2]).toBe(0xcdab);
  expect(flash[1]).toBe(0x2211);
});

test('what is damaged, cut off or too large is refused with its line', () => {
  expect(() => parseIntelHex(':040010000C945C00F1\n:00000001FF')).toThrow('line 1: the checksum is wrong');
  expect(() => parseIntelHex(':00000001FF\n'.replace(':', ''))).toThrow('line 1: not a whole record');
  expect(() => parseIntelHex(':040010000C945C00F0\n')).toThrow('cut off');
  expect(() => parseIntelHex(':02FFFF000102FD\n:00000001FF')).toThrow('beyond the flash');
  expect(() => parseIntelHex(':00000009F7\n:00000001FF')).toThrow('unknown record type 9');
});
