#include "wire.h"
#include <util/crc16.h>

uint16_t checksum(const uint8_t *bytes, uint16_t length, uint16_t crc) {
  while (length--) crc = _crc_xmodem_update(crc, *bytes++);
  return crc;
}

FrameWriter::FrameWriter(Kind kind) : length(0) { add8(PROTOCOL_VERSION).add8(kind); }

FrameWriter &FrameWriter::add8(uint8_t value) {
  // Two bytes are kept for the checksum; every frame of ours is far shorter.
  if (length < MAX_FRAME - 2) bytes[length++] = value;
  return *this;
}

FrameWriter &FrameWriter::add16(uint16_t value) { return add8(value).add8(value >> 8); }
FrameWriter &FrameWriter::add32(uint32_t value) { return add16(value).add16(value >> 16); }

bool FrameWriter::send() {
  // Checksum, one byte of COBS overhead, a zero before and one behind.
  if (Serial.availableForWrite() < length + 5) return false;
  uint16_t crc = checksum(bytes, length);
  bytes[length++] = crc;
  bytes[length++] = crc >> 8;
  // The zero in front ends whatever noise came before, which would otherwise swallow this frame.
  Serial.write((uint8_t)0);
  uint8_t start = 0;
  for (uint8_t at = 0; at <= length; at++) {
    if (at < length && bytes[at] != 0) continue;
    Serial.write((uint8_t)(at - start + 1));
    Serial.write(bytes + start, at - start);
    start = at + 1;
  }
  Serial.write((uint8_t)0);
  return true;
}

bool FrameReader::take(uint8_t byte) {
  if (byte != 0) {
    if (length < sizeof(bytes)) bytes[length++] = byte;
    else tooLong = true;
    return false;
  }
  bool whole = !tooLong && length > 0 && decode();
  if (!whole && (length > 0 || tooLong)) damaged++;
  length = 0;
  tooLong = false;
  return whole;
}

bool FrameReader::decode() {
  // In place: what is written never overtakes what is still to be read.
  uint8_t from = 0;
  decoded = 0;
  while (from < length) {
    uint8_t run = bytes[from++];
    if (run - 1 > length - from) return false;
    for (uint8_t left = run - 1; left > 0; left--) bytes[decoded++] = bytes[from++];
    if (from < length) bytes[decoded++] = 0;
  }
  if (decoded < 4 || bytes[0] != PROTOCOL_VERSION) return false;
  uint16_t stated = bytes[decoded - 2] | (uint16_t)bytes[decoded - 1] << 8;
  return checksum(bytes, decoded - 2) == stated;
}
