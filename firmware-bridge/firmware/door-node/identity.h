// The node's name and the number of its boots, kept in EEPROM.
#pragma once
#include <Arduino.h>

const uint8_t MAX_NAME = 24;

struct Name {
  uint8_t length;
  char text[MAX_NAME];
};

// Length 0 where no name was ever given.
Name readName();
// False where it isn't a name: 1 to 24 of a-z 0-9 . _ -
bool writeName(const uint8_t *text, uint8_t length);
// One more than the last time; the number is kept twice, so that a torn write costs nothing.
uint32_t countBoot();
// Noise of an open input: tells two boots apart that have the same number, as after a new firmware.
uint16_t measureNoise();
