// Reports wait here until the bridge acknowledges them, which it does once the gateway has them.
#pragma once
#include <Arduino.h>

const uint8_t MAX_REPORTS = 32;
const uint32_t AGE_UNKNOWN = 0xffffffff;

enum Cause : uint8_t { BOOT, CONTACT, TAMPER, BUTTON, BUZZER, PERIODIC };

enum Flag : uint8_t { CONTACT_OPEN = 1, TAMPERED = 2, BUZZER_ON = 4, BUTTON_DOWN = 8 };

struct Report {
  uint32_t sequence;
  uint32_t seenAtMs;
  Cause cause;
  uint8_t flags;
  int16_t temperature;
  // Seen before the last reset, on a clock that is gone.
  bool ageUnknown;
};

// One life of the queue's memory; it outlives a reset, but not the loss of power.
struct Boot {
  uint32_t number;
  uint16_t noise;
};

class Reports {
 public:
  // True where the memory survived the reset with everything in it; otherwise a new boot begins.
  bool begin();
  void startBoot(Boot boot);
  const Boot &boot() const;
  uint8_t waiting() const;
  uint16_t lost() const;
  void add(Cause cause, uint8_t flags, int16_t temperature, uint32_t nowMs);
  const Report *oldest() const;
  // True where this was the oldest report.
  bool acknowledge(const Boot &boot, uint32_t sequence);
};
