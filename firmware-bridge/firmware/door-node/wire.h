// Frames on the serial line: COBS with a zero at both ends, CRC-16/IBM-3740. See PROTOCOL.md.
#pragma once
#include <Arduino.h>

const uint8_t PROTOCOL_VERSION = 1;
// Version, kind, body and checksum of the longest frame: a name.
const uint8_t MAX_FRAME = 48;

enum Kind : uint8_t {
  HELLO = 0x01,
  REPORT = 0x02,
  HEARTBEAT = 0x03,
  RESULT = 0x04,
  ASK = 0x10,
  ACKNOWLEDGE = 0x11,
  COMMAND = 0x12,
  SET_NAME = 0x13,
};

uint16_t checksum(const uint8_t *bytes, uint16_t length, uint16_t crc = 0xffff);

// Builds a frame, number by number, least significant byte first.
class FrameWriter {
 public:
  explicit FrameWriter(Kind kind);
  FrameWriter &add8(uint8_t value);
  FrameWriter &add16(uint16_t value);
  FrameWriter &add32(uint32_t value);
  // False, and nothing sent, where the serial buffer has no room: the caller tries again later.
  bool send();

 private:
  uint8_t bytes[MAX_FRAME];
  uint8_t length;
};

// Takes the frames apart again. A damaged one is counted and forgotten.
class FrameReader {
 public:
  // True once a whole, undamaged frame of our version is there.
  bool take(uint8_t byte);
  Kind kind() const { return (Kind)bytes[1]; }
  uint8_t bodyLength() const { return decoded - 4; }
  const uint8_t *body() const { return bytes + 2; }
  uint16_t read16(uint8_t at) const { return body()[at] | (uint16_t)body()[at + 1] << 8; }
  uint32_t read32(uint8_t at) const { return read16(at) | (uint32_t)read16(at + 2) << 16; }
  uint16_t damaged = 0;

 private:
  uint8_t bytes[MAX_FRAME + 2];
  uint8_t length = 0;
  uint8_t decoded = 0;
  bool tooLong = false;
  bool decode();
};
