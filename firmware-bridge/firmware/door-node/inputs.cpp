#include "inputs.h"
#include "wiring.h"

void DebouncedInput::begin() {
  pinMode(pin, INPUT_PULLUP);
  // The pull-up needs a moment to lift the cable.
  delayMicroseconds(50);
  settled = last = digitalRead(pin) == HIGH;
}

bool DebouncedInput::sample(uint16_t nowMs) {
  bool level = digitalRead(pin) == HIGH;
  if (level != last) {
    last = level;
    lastChangeMs = nowMs;
  }
  if (level == settled || (uint16_t)(nowMs - lastChangeMs) < DEBOUNCE_MS) return false;
  settled = level;
  return true;
}

// The internal reference: 1.07 mV a step, a ninth of a degree, and it does not follow the supply as 5 V would.
static const uint16_t REFERENCE_MV = 1100;
static const uint8_t READINGS = 16;

void beginThermometer() {
  analogReference(INTERNAL);
  // The first reading after a change of the reference is worthless.
  analogRead(THERMOMETER_PIN);
}

int16_t measureTemperature() {
  uint16_t sum = 0;
  for (uint8_t reading = 0; reading < READINGS; reading++) sum += analogRead(THERMOMETER_PIN);
  // At either rail it is no TMP36: its range begins at 100 mV (-40 °C); the reference ends at 60 °C.
  if (sum < 80 * READINGS || sum > 1020 * READINGS) return NO_TEMPERATURE;
  // 0.1 mV is 1/100 °C; 500 mV lie below zero. Half a step is added, since the converter rounds down.
  uint32_t tenthsOfMillivolt = ((uint32_t)sum + READINGS / 2) * REFERENCE_MV * 10 / (1024UL * READINGS);
  return (int16_t)tenthsOfMillivolt - 5000;
}
