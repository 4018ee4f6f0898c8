// Switches that bounce, and a thermometer.
#pragma once
#include <Arduino.h>

class DebouncedInput {
 public:
  explicit DebouncedInput(uint8_t pin) : pin(pin) {}
  void begin();
  // True where the settled level has just changed.
  bool sample(uint16_t nowMs);
  bool isHigh() const { return settled; }

 private:
  uint8_t pin;
  bool settled = false;
  bool last = false;
  uint16_t lastChangeMs = 0;
};

// In 1/100 °C where no sensor is connected or its reading can't be.
const int16_t NO_TEMPERATURE = -32768;

void beginThermometer();
// Mean of sixteen readings; takes 2 ms.
int16_t measureTemperature();
