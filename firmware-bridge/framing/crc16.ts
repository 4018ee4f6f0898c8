/**
 * CRC-16/IBM-3740, also known as CCITT-FALSE: polynomial 0x1021, start value 0xffff, nothing reflected. Its
 * check value over "123456789" is 0x29b1. avr-libc has it as `_crc_xmodem_update` begun at 0xffff.
 */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
